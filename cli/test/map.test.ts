import { mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { toNumbers } from '@farsim/core';
import { openRecording } from '@farsim/recorder-mcap';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { farsim, type Ended } from './farsim.ts';

const arm = path.join(import.meta.dirname, '../demo/arm.xml');

let cwd: string;
const call = (...words: string[]): Promise<Ended> =>
  farsim(words, { cwd, env: { XDG_CACHE_HOME: path.join(cwd, 'cache') } });

const turns = ['yaw', 'shoulder', 'elbow', 'forearm_roll', 'wrist', 'hand_roll'];

/** The demo's arm as another importer would write it: other joint names, one axis the other way. */
async function writeOther(): Promise<void> {
  let text = await readFile(arm, 'utf8');
  turns.forEach((name, i) => {
    text = text
      .replace(`<joint name="${name}"`, `<joint name="axis_${i + 1}"`)
      .replace(`name="${name}" joint="${name}"`, `name="${name}" joint="axis_${i + 1}"`);
  });
  text = text
    .replace('axis="0 1 0" range="-1.9 2.0"', 'axis="0 -1 0" range="-2.0 1.9"')
    .replace('ctrlrange="-1.9 2.0"', 'ctrlrange="-2.0 1.9"')
    .replaceAll('0 -0.35 1.75', '0 0.35 1.75')
    .replace(
      'gravcomp="1">\n        <joint name="axis_1"',
      'gravcomp="0.5">\n        <joint name="axis_1" armature="0.07"',
    );
  await writeFile(path.join(cwd, 'other.xml'), text);
}

/** Where the arm's joints are in a run's last frame, by the recorded names. */
async function lastAngles(folder: string): Promise<number[]> {
  await using recording = await openRecording(path.join(cwd, folder, 'latest'));
  let angles: number[] = [];
  for await (const { frame } of recording.rows(0))
    angles = [...toNumbers(frame.state!.entities['arm_base']!.joint_pos!)];
  return angles;
}

const names = turns.map((name, i) => `    ${name}: axis_${i + 1}`).join('\n');
const right = `version: 1\nrename:\n  joints:\n${names}\nsign:\n  shoulder: -1\n`;

/** A config whose run is recorded with the arm and replayed in the other one. */
async function writeConfig(map: string): Promise<string> {
  const config = {
    version: 1,
    simulators: {
      plant: { use: 'mujoco', model: arm },
      view: { use: 'mujoco', model: 'other.xml', states: 'from plant', map },
    },
    run: {
      simulator: 'plant',
      controller: { use: 'sine' },
      episodes: 1,
      steps: 12,
      record: true,
      replay: 'view',
      tolerance: { position: 1e-6, rotation: 1e-6 },
      folder: `runs-${path.basename(map, '.yaml')}`,
    },
  };
  const file = `run-${path.basename(map, '.yaml')}.yaml`;
  await writeFile(path.join(cwd, file), JSON.stringify(config));
  return file;
}

beforeAll(async () => {
  cwd = await mkdtemp(path.join(os.tmpdir(), 'farsim-map-'));
  await writeOther();
  await writeFile(path.join(cwd, 'right.yaml'), right);
  await writeFile(path.join(cwd, 'sign.yaml'), right.replace('  shoulder: -1', '  elbow: -1'));
  await writeFile(path.join(cwd, 'name.yaml'), right.replace('axis_3', 'axsi_3'));
});
afterAll(async () => {
  await rm(cwd, { recursive: true });
});

describe('map', () => {
  test('draft writes what the names tell and leaves the rest to be filled in', async () => {
    const { status, stderr } = await call('map', 'draft', arm, 'other.xml', '-o', 'draft.yaml');
    expect(status).toBe(0);
    expect(stderr).toContain('6 joints and 0 bodies have no partner');
    expect(await readFile(path.join(cwd, 'draft.yaml'), 'utf8')).toMatch(/ {4}# shoulder: axis_\d\?/);
  });

  test('check tells that a right map is right', async () => {
    const { status, stdout } = await call('map', 'check', arm, 'other.xml', '--map', 'right.yaml');
    expect(status).toBe(0);
    expect(stdout).toMatch(/arm_base → arm_base +8 of 8 +8 of 8/);
    expect(stdout).toMatch(/right: \d+ bodies in 8 poses/);
  });

  test('check tells a wrong sign by the bodies that move, with the status of a failed verification', async () => {
    const words = ['map', 'check', arm, 'other.xml', '--map', 'sign.yaml'];
    expect((await call(...words)).stdout).toContain('the first down the chain is arm_base/upper_arm');
    const { status, stdout } = await call(...words, '--json');
    expect(status).toBe(12);
    const { ok, bodies } = JSON.parse(stdout) as { ok: boolean; bodies: { movingPosition: number }[] };
    expect(ok).toBe(false);
    expect(bodies[0]!.movingPosition).toBeGreaterThan(0.1);
  });

  test('a joint that is not there is told with its place and the one that was meant', async () => {
    const { status, stderr } = await call('map', 'check', arm, 'other.xml', '--map', 'name.yaml');
    expect(status).toBe(4);
    expect(stderr).toMatch(/name\.yaml:6:\d+: 'axsi_3'/);
    expect(stderr).toContain("did you mean 'axis_3'?");
  });
});

describe('model diff', () => {
  test('tells what differs, joint by joint', async () => {
    const { status, stdout } = await call('model', 'diff', arm, 'other.xml', '--map', 'right.yaml', '--json');
    expect(status).toBe(0);
    const { to, rows } = JSON.parse(stdout) as {
      to: string;
      rows: { name: string; quantity: string; same: boolean }[];
    };
    expect(to).toBe('other.xml');
    const different = rows.filter(({ same }) => !same).map(({ name, quantity }) => `${name} ${quantity}`);
    expect(different).toEqual(['arm_base/yaw → arm_base/axis_1 armature']);
  });
});

describe('a replay through a map', () => {
  test('that is right is the same to a micrometre, and data info tells the map that the run keeps', async () => {
    const run = await call('run', await writeConfig('right.yaml'));
    expect(run).toMatchObject({ status: 0 });
    const { status, stdout } = await call('data', 'info', 'runs-right/latest');
    expect(status).toBe(0);
    expect(stdout).toMatch(/map of view: right\.yaml, [0-9a-f]{12}/);
    expect(stdout).toContain('axis_2 = -1 q + 0');
  });

  test('is replayed later in the model that the run keeps, and in another through its map', async () => {
    const exact = ['--tolerance', '1e-6'];
    expect((await call('replay', 'runs-right/latest', ...exact)).status).toBe(0);
    const other = ['--model', 'other.xml', 'map=right.yaml'];
    expect((await call('replay', 'runs-right/latest', ...other, ...exact)).status).toBe(0);
  });

  test('shows what another model lacks of the scene that the run keeps', async () => {
    const bare = (await readFile(arm, 'utf8'))
      .replace(/<body name="cube"[\s\S]*?<\/body>/, '')
      .replace(' 0.42 0.10 0.2751 1 0 0 0"', '"');
    await writeFile(path.join(cwd, 'bare.xml'), bare);
    const replayed = await call('replay', 'runs-right/latest', '--model', 'bare.xml', '--json');
    const { status, stdout, stderr } = replayed;
    expect(status).toBe(0);
    expect(stderr).toContain("'cube' is not in the model: it is shown as a prop");
    const sides = ['runs-right/latest', 'bare.xml'];
    for (const verb of ['map check', 'model diff'])
      expect((await call(...verb.split(' '), ...sides)).stdout).toContain(
        "- 'cube' is not in the model: it is not compared, and a replay shows it as a prop",
      );
    const report = JSON.parse(stdout) as {
      unmatched: string[];
      bodies: { body: string; position: number }[];
    };
    expect(report.unmatched).toEqual([]);
    expect(report.bodies.find(({ body }) => body === 'cube/cube')!.position).toBeLessThan(1e-9);
  });

  test('with a wrong sign stops at the first frame past the tolerance and says which body', async () => {
    const { status, stderr } = await call('run', await writeConfig('sign.yaml'));
    expect(status).toBe(12);
    expect(stderr).toMatch(/at row 1 of round 0 \d+ bodies are elsewhere than recorded: 'arm_base\//);
  });

  test('with a wrong joint name refuses before anything runs', async () => {
    const { status, stderr } = await call('run', await writeConfig('name.yaml'));
    expect(status).toBe(4);
    expect(stderr).toContain("'axsi_3'");
    expect(await readdir(cwd)).not.toContain('runs-name');
  });

  test.each([
    [
      'use: mapped',
      {
        other: { use: 'mujoco', model: 'other.xml' },
        driven: { use: 'mapped', simulator: 'other', as: 'runs-right/latest', map: 'right.yaml' },
      },
    ],
    [
      'actions: theirs',
      {
        driven: {
          use: 'mujoco',
          model: 'other.xml',
          states: 'runs-right/latest',
          map: 'right.yaml',
          actions: 'theirs',
        },
      },
    ],
  ])('drives the other robot with the recorded actions by %s', async (name, simulators) => {
    const runs = `runs-${name.replaceAll(/\W/g, '')}`;
    const config = {
      version: 1,
      simulators,
      run: {
        simulator: 'driven',
        controller: { use: 'recorded', run: 'runs-right/latest' },
        episodes: 1,
        steps: 12,
        record: true,
        folder: runs,
      },
    };
    await writeFile(path.join(cwd, 'driven.yaml'), JSON.stringify(config));
    expect(await call('run', 'driven.yaml')).toMatchObject({ status: 0 });
    const [first, then] = await Promise.all(['runs-right', runs].map(lastAngles));
    // the two arms are not quite equal: the same commands, nearly the same way
    first!.forEach((angle, i) => expect(then![i]).toBeCloseTo(angle, 2));
    expect(Math.max(...first!.map(Math.abs))).toBeGreaterThan(0.3);
  });
});
