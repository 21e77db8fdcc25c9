import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { farsim } from './farsim.ts';

const root = path.join(import.meta.dirname, '../..');
const page = readFileSync(path.join(root, 'docs/plugins.md'), 'utf8');

/** The page's code in that language that holds `text`. */
function shown(language: string, text: string): string {
  const blocks = [...page.matchAll(/^```(\w+)\n(.*?)^```$/gms)];
  return blocks.find(([, named, code]) => named === language && code!.includes(text))![2]!;
}

const adapter = shown('python', 'class PendulumAdapter');
const cwd = mkdtempSync(path.join(os.tmpdir(), 'farsim-documented-'));
afterAll(() => rmSync(cwd, { recursive: true }));
symlinkSync(path.join(root, 'node_modules'), path.join(cwd, 'node_modules'));
writeFileSync(path.join(cwd, 'pendulum_adapter.py'), adapter);
writeFileSync(path.join(cwd, 'pendulum.yaml'), shown('yaml', 'PendulumAdapter'));

describe('the far simulator of one Python file that docs/plugins.md shows', () => {
  test('is the example, has fewer than 60 lines and imports only the standard library', () => {
    expect(adapter).toBe(readFileSync(path.join(root, 'examples/pendulum_adapter.py'), 'utf8'));
    expect(adapter.trimEnd().split('\n').length).toBeLessThan(60);
    expect([...adapter.matchAll(/^(?:import|from) (\w+)/gm)].map(([, name]) => name)).toEqual([
      'math',
      'random',
    ]);
  });

  test('runs and is recorded with the config that is shown beside it', async () => {
    const { status, stdout } = await farsim(['run', 'pendulum.yaml'], { cwd });
    expect(stdout).toContain('2 episodes, 400 steps');
    expect(status).toBe(0);
  });

  test('is found right by doctor', async () => {
    const env = { XDG_CACHE_HOME: path.join(cwd, 'cache') };
    const { status, stdout } = await farsim(['doctor', 'pendulum.yaml'], { cwd, env });
    expect(stdout).toMatch(/^ok +set and get .*exact$/m);
    expect(status).toBe(0);
  });

  const python = `simulators.plant.python=${process.env.FARSIM_TEST_PYTHON ?? 'python3'}`;

  test('keeps the contracts of adapters and of simulators', async () => {
    const { status, stdout } = await farsim(['conform', 'pendulum.yaml', python, '--only', 'plant'], { cwd });
    expect(stdout).toMatch(/^adapter\/plant \(python\)\nok .* a wrong action never reaches/ms);
    expect(stdout).toMatch(/^simulator\/plant \(python\)\nok .* calls after the close are CLOSED$/ms);
    expect(stdout).toMatch(/^-- +the model’s entry is one of its files$/m);
    expect(stdout).toMatch(/^15 kept, 0 broken, 17 about what is not offered$/m);
    expect(status).toBe(0);
  });

  test('and its plugins are told which rules they break', async () => {
    const wrong = adapter.replace('self.angle = float(', 'self.angle = 2 * float(');
    writeFileSync(path.join(cwd, 'wrong_adapter.py'), wrong);
    const wild = `import { z } from 'zod';
    export default {
      kind: 'controller', name: 'wild', summary: 'Acts with what is no number.', config: z.object({}),
      open: async () => ({
        act: async ({ envs }) => ({ dtype: 'f64', shape: [envs.length, 1], data: new Float64Array(envs.length).fill(NaN) }),
        [Symbol.asyncDispose]: async () => undefined,
      }),
    };`;
    writeFileSync(path.join(cwd, 'wild.mjs'), wild);
    const plant = { use: 'python', adapter: './wrong_adapter.py:PendulumAdapter' };
    const config = {
      version: 1,
      simulators: { plant },
      controllers: { wild: { use: './wild.mjs' } },
      codecs: { text: { use: 'json' } },
      recorders: { kept: { use: 'mcap', folder: 'kept' } },
      run: { simulator: 'plant', controller: 'wild' },
    };
    writeFileSync(path.join(cwd, 'wrong.yaml'), JSON.stringify(config));
    const { status, stdout, stderr } = await farsim(['conform', 'wrong.yaml', python, '--json'], { cwd });
    expect(status, stderr).toBe(12);
    const { ok, sections } = JSON.parse(stdout) as ConformReport;
    expect(ok).toBe(false);
    const broken = sections.map(({ section, rules }) => [
      section,
      rules.flatMap(({ fact, broken: how }) => (how === undefined ? [] : [fact])),
    ]);
    expect(broken).toEqual([
      [
        'adapter/plant',
        [
          'what was read can be put back, from elsewhere, and into other envs: canonical → native → canonical',
        ],
      ],
      ['simulator/plant', ['a state that was read can be put back']],
      ['controller/wild', ['every number is finite and between its bounds']],
      ['codec/text', []],
      ['recorder/kept', []],
    ]);
    expect(existsSync(path.join(cwd, 'kept'))).toBe(false);
    const unknown = await farsim(['conform', 'wrong.yaml', '--only', 'wlid'], { cwd });
    expect(unknown).toMatchObject({
      status: 2,
      stderr: expect.stringContaining("no section 'wlid': simulator/plant, controller/wild, codec/text"),
    });
  });
});

describe('conform', () => {
  const python = process.env.FARSIM_TEST_PYTHON ?? 'python3';
  const files = path.join(cwd, 'surroundings');
  mkdirSync(path.join(files, 'lib'), { recursive: true });
  mkdirSync(path.join(files, 'there'));
  writeFileSync(path.join(files, 'lib/helper.py'), 'rod = 1\n');
  writeFileSync(path.join(files, 'there/elsewhere.py'), 'found = 1\n');
  const needy = `import os\nimport elsewhere\nimport helper\nassert os.environ["MINE"] == "1"\n`;
  writeFileSync(path.join(files, 'needy.py'), needy + adapter);
  writeFileSync(path.join(files, 'leaving.py'), adapter.replace(/pass\n*$/, '__import__("os")._exit(0)\n'));
  writeFileSync(path.join(files, 'talking.py'), `${adapter}\nprint("loaded", end="")\n`);
  const conform = (plant: object, controllers: object, ...words: string[]): ReturnType<typeof farsim> => {
    const run = { simulator: 'plant', controller: Object.keys(controllers)[0] ?? { use: 'zero' } };
    const file = `${Object.keys(controllers).join()}${JSON.stringify(plant).length}.yaml`;
    writeFileSync(
      path.join(files, file),
      JSON.stringify({ version: 1, simulators: { plant }, controllers, run }),
    );
    return farsim(['conform', file, ...words], { cwd: files });
  };

  test('holds an adapter in the surroundings that its simulator has', async () => {
    const env = { MINE: '1', PYTHONPATH: path.join(files, 'there') };
    const plant = {
      use: 'python',
      adapter: './needy.py:PendulumAdapter',
      files: ['lib/helper.py'],
      env,
      python,
    };
    const { status, stdout } = await conform(plant, {}, '--only', 'plant');
    expect(stdout).toMatch(/^adapter\/plant \(python\)\nok .* every frame holds/m);
    expect(status).toBe(0);
  });

  test('hears the rules beside what an adapter prints', async () => {
    const plant = { use: 'python', adapter: './talking.py:PendulumAdapter', python };
    const { stdout } = await conform(plant, {}, '--only', 'plant');
    expect(stdout).toMatch(/^adapter\/plant \(python\)\nok .* every frame holds/m);
  });

  test('says when an adapter’s process ends with status 0 before the last rule', async () => {
    const plant = { use: 'python', adapter: './leaving.py:PendulumAdapter', python };
    const { status, stderr } = await conform(plant, {}, '--only', 'plant');
    expect(stderr).toContain('START_FAILED: leaving:PendulumAdapter could not be held to its contract');
    expect(stderr).toContain('ended before the last rule, with exit status 0');
    expect(status).toBe(7);
  });

  test('holds a session that runs already, which one client at a time may have', async () => {
    const started = { use: 'python', adapter: '../pendulum_adapter.py:PendulumAdapter', python };
    const config = { version: 1, simulators: { kept: started } };
    writeFileSync(path.join(files, 'kept.yaml'), JSON.stringify(config));
    const up = await farsim(['host', 'up', 'kept.yaml', '--keep', '60', '--json'], { cwd: files });
    const [{ session }] = (JSON.parse(up.stdout) as { started: [{ session: string }] }).started;
    try {
      const { status, stdout } = await conform({ use: 'python', join: session }, {}, '--only', 'plant');
      expect(stdout).toMatch(/^ok .* closing twice is fine$/m);
      expect(status).toBe(0);
    } finally {
      await farsim(['host', 'down', 'local', session], { cwd: files });
    }
  });

  test('holds a controller alone in the world that it drives', async () => {
    const model = path.join(root, 'cli/demo/arm.xml');
    const follows = { use: 'keyframes', file: path.join(root, 'cli/demo/lift.yaml') };
    const { status, stdout } = await conform({ use: 'mujoco', model }, { follows }, '--only', 'follows');
    expect(stdout).toMatch(/^controller\/follows \(keyframes\)\n(ok .*\n){5}5 kept, 0 broken/m);
    expect(status).toBe(0);
  });
});

interface ConformReport {
  readonly ok: boolean;
  readonly sections: readonly {
    readonly section: string;
    readonly rules: readonly { readonly fact: string; readonly broken?: string }[];
  }[];
}

test('the manifest that docs/plugins.md shows makes it a plugin with a name and a checked config', async () => {
  mkdirSync(path.join(cwd, 'src'));
  mkdirSync(path.join(cwd, 'adapters'));
  writeFileSync(path.join(cwd, 'src/index.ts'), shown('ts', "name: 'pendulum'"));
  writeFileSync(path.join(cwd, 'adapters/pendulum_adapter.py'), adapter);
  const config = {
    version: 1,
    simulators: { plant: { use: './src/index.ts', torqueLimit: 2 } },
    run: { simulator: 'plant', episodes: 1, steps: 3 },
  };
  writeFileSync(path.join(cwd, 'packaged.yaml'), JSON.stringify(config));
  const { status, stderr } = await farsim(['run', 'packaged.yaml'], { cwd });
  expect(status, stderr).toBe(0);
  const wrong = await farsim(['run', 'packaged.yaml', 'simulators.plant.torqueLimit=-1'], { cwd });
  expect(wrong.stderr).toContain('torqueLimit');
  expect(wrong.status).toBe(4);
});
