import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { farsim, startFarsim, type Ended } from './farsim.ts';

const cwd = mkdtempSync(path.join(os.tmpdir(), 'farsim-drawing-'));
afterAll(() => rmSync(cwd, { recursive: true }));
const options = { cwd, env: { XDG_CONFIG_HOME: path.join(cwd, 'config') } };

writeFileSync(
  path.join(cwd, 'ball.xml'),
  '<mujoco><worldbody><light pos="0 0 3"/><geom type="plane" size="1 1 1"/><body name="ball" pos="0 0 1"><freejoint/><geom size=".1" rgba="1 0 0 1"/></body></worldbody></mujoco>',
);
const simulators =
  'simulators:\n  plant: { use: mujoco, model: ball.xml, stepDt: 0.1 }\n  view: { use: mujoco, model: from plant }';
writeFileSync(
  path.join(cwd, 'ball.yaml'),
  `version: 1\n${simulators}\nrun: { simulator: plant, episodes: 2, steps: 5, replay: view, video: { size: 64x48 } }\n`,
);

const longDrawing = ['run.video.size=640x480', '+run.video.fps=60', 'run.steps=200'];

function exitOf(folder: string): unknown {
  return JSON.parse(readFileSync(path.join(cwd, folder, 'exit.json'), 'utf8'));
}

describe('Ctrl-C while a run is drawn', () => {
  test.each([
    ['an episode', 2],
    ['the last episode', 1],
  ])('ends it between two pictures of %s, with the recording whole', async (_, episodes) => {
    const folder = `stopped-${episodes}`;
    const words = [...longDrawing, `run.episodes=${episodes}`, `run.folder=${folder}`];
    const running = startFarsim(['run', 'ball.yaml', ...words], options);
    await running.says('drawing episode 0');
    running.process.kill('SIGINT');
    const { status, stdout, stderr } = await running.ended;
    expect(status).toBe(130);
    expect(stderr).toContain('stopping; the recording is whole');
    expect(stdout).toContain('interrupted while it was replayed: the recording is whole');
    expect(exitOf(`${folder}/latest`)).toMatchObject({ reason: 'interrupted', exit: 130 });
    const drawn = path.join(cwd, folder, 'latest/video');
    expect(existsSync(path.join(drawn, '0.mp4'))).toBe(false);
    const info = await farsim(['data', 'info', `${folder}/latest`, '--json'], options);
    expect(JSON.parse(info.stdout)).toMatchObject({
      sealed: true,
      episodes,
      outcomes: { round_end: episodes },
    });
  });
});

describe('render', () => {
  beforeAll(async () => {
    expect((await farsim(['run', 'ball.yaml'], options)).status).toBe(0);
  });

  const turned = ['--azimuth', '45', '--elevation', '-60', '--distance', '3', '--lookat=0,0,1'];

  test('of one episode is drawn from where its flags say, and leaves the run’s own contact sheet alone', async () => {
    const sheet = path.join(cwd, 'runs/latest/pictures/contact-sheet.png');
    const before = readFileSync(sheet);
    const first = path.join(cwd, 'runs/latest/pictures/1-first.png');
    const usual = readFileSync(first);
    const { status, stdout } = await farsim(
      ['render', '--episode', '1', '--size', '64x48', ...turned, 'runs/latest', '--json'],
      options,
    );
    expect(status).toBe(0);
    expect(readFileSync(sheet).equals(before)).toBe(true);
    expect(readFileSync(first).equals(usual)).toBe(false);
    const { files } = JSON.parse(stdout) as { files: string[] };
    expect(files.map((file) => path.basename(file))).toContain('contact-sheet_1.png');
  });

  test('looks from where its flags say, a picture too, and lists the cameras that there are', async () => {
    const picture = (...words: string[]): Promise<Ended> =>
      farsim(['render', '--time', '0', '--size', '65x49', '-o', `${words.length}.png`, ...words], options);
    const [usual, chosen, listed] = await Promise.all([
      picture(),
      picture(...turned),
      farsim(['render', '--cameras', '--json'], options),
    ]);
    expect([usual, chosen, listed].map(({ status }) => status)).toEqual([0, 0, 0]);
    const drawn = (name: string): Buffer => readFileSync(path.join(cwd, name));
    expect(drawn('7.png').equals(drawn('0.png'))).toBe(false);
    expect(JSON.parse(listed.stdout)).toEqual({ cameras: [] });
  });

  test.each([
    [
      'an episode that is not there',
      ['--episode', '9'],
      '--episode: the recording has no episode 9; it has 2, 0 to 1',
    ],
    ['a picture of an episode that is not there', ['--time', '0', '--episode', '9'], 'no episode 9'],
    ['a time beyond the end', ['--time', '99'], '--time: episode 0 ends at 0.50 s, before 99 s'],
    ['a picture that is no PNG', ['--time', '0', '-o', 'x.jpg'], 'x.jpg does not end in .png'],
    ['videos in one file', ['-o', 'x.mp4'], 'videos need a folder'],
    [
      'a video of odd sides',
      ['--size', '321x240'],
      "--size: a video's width and height are even, and those of 321x240 are not\n  --size 322x240\n",
    ],
    ['a point that is none', ['--time', '0', '--lookat', '1,2'], "--lookat: '1,2' is not X,Y,Z in metres"],
    ['a size that is none', ['--time', '0', '--size', 'big'], "--size: 'big' is not WIDTHxHEIGHT"],
  ])('refuses %s', async (_, words, said) => {
    const { status, stderr } = await farsim(['render', ...words], options);
    expect(stderr).toMatch(/^USAGE: /m);
    expect(stderr).toContain(said);
    expect(status).toBe(2);
  });

  test('stops between two pictures', async () => {
    const running = startFarsim(['render', '--fps', '60', '--speed', '0.01', '-o', 'cut'], options);
    await running.says('drawing episode 0');
    running.process.kill('SIGINT');
    const { status, stderr } = await running.ended;
    expect(stderr).toContain('INTERRUPTED: stopped while episode 0 was drawn');
    expect(status).toBe(130);
    expect(readdirSync(path.join(cwd, 'cut/video'))).toEqual([]);
  });
});

test('Ctrl-C while a run starts says so', async () => {
  const words = ['+simulators.slow.use=python', '+simulators.slow.adapter=./slow.py:Slow'];
  writeFileSync(
    path.join(cwd, 'slow.py'),
    'import time\nclass Slow:\n    def launch(self, config, progress):\n        progress("asleep")\n        time.sleep(600)\n    create = describe = reset = step = close = launch\n',
  );
  const running = startFarsim(['run', 'ball.yaml', ...words], options);
  await running.says('asleep');
  running.process.kill('SIGINT');
  const { status, stderr } = await running.ended;
  expect(stderr).toContain('stopping the start; what was started ends; press Ctrl-C again to stop now');
  expect(stderr).toContain('INTERRUPTED');
  expect(status).toBe(130);
});
