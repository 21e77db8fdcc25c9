import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { farsim } from './farsim.ts';

const cwd = mkdtempSync(path.join(os.tmpdir(), 'farsim-refusals-'));
afterAll(() => rmSync(cwd, { recursive: true }));
const options = { cwd, env: { XDG_CONFIG_HOME: path.join(cwd, 'config') } };

const drive = 'run: { simulator: plant, episodes: 1, steps: 3 }';
const files = {
  'runless.yaml': 'simulators:\n  plant: { use: counter }',
  'counter.yaml': `simulators:\n  plant: { use: counter }\n${drive}`,
  'unkept.yaml': 'simulators:\n  plant: { use: counter }\nrun: { record: false }',
  'far-view.yaml': `simulators:\n  plant: { use: counter }\n  other: { use: counter }\nrun: { simulator: plant, replay: other }`,
  'no-model.yaml': `simulators:\n  plant: { use: mujoco-native, model: nothere.xml }\n${drive}`,
  'no-adapter.yaml': `simulators:\n  plant: { use: python, adapter: ./nothere.py:Adapter }\n${drive}`,
  'no-keyframes.yaml': `simulators:\n  plant: { use: counter }\nrun: { controller: { use: keyframes, file: nothere.yaml } }`,
  'bad-keyframes.yaml': `simulators:\n  plant: { use: counter }\nrun: { controller: { use: keyframes, file: timeless.yaml } }`,
  'no-source.yaml': `simulators:\n  plant: { use: counter }\n  view: { use: mujoco, model: from plnt }\n${drive}`,
  'bad-model.yaml': `simulators:\n  plant: { use: counter }\n  view: { use: mujoco, model: bad.xml }\n${drive}`,
  'own-model.yaml': `simulators:\n  plant: { use: counter }\n  view: { use: mujoco, model: from view }\n${drive}`,
  'circle.yaml': `simulators:\n  plant: { use: counter }\n  a: { use: mirrored, physics: plant, view: b }\n  b: { use: mapped, simulator: a, as: from plant }\n${drive}`,
  'no-recording.yaml': `simulators:\n  plant: { use: recorded, run: runs/nothere }\n${drive}`,
  'no-actions.yaml': `simulators:\n  plant: { use: counter }\nrun: { controller: { use: recorded, run: runs/nothere } }`,
  'no-states.yaml': `simulators:\n  plant: { use: counter }\n  other: { use: mapped, simulator: plant, as: runs/nothere }\n${drive}`,
  'blind-view.yaml': `simulators:\n  plant: { use: counter }\n  view: { use: ${path.join(import.meta.dirname, 'fixtures/slow-counter.ts')} }\nrun: { simulator: plant, replay: view }`,
};
for (const [name, text] of Object.entries(files))
  writeFileSync(path.join(cwd, name), `version: 1\n${text}\n`);
writeFileSync(path.join(cwd, 'plain'), '');
writeFileSync(path.join(cwd, 'bad.xml'), '<mujoco><worldbody><geom/></worldbody></mujoco>');
writeFileSync(path.join(cwd, 'timeless.yaml'), '- { ctrl: [1] }');

test.each([
  [
    'a tolerance that is no number',
    ['replay', '--tolerance', 'abc'],
    2,
    'USAGE',
    "--tolerance: 'abc' is not a number",
  ],
  ['a time that is no number', ['render', '--time', 'abc'], 2, 'USAGE', "--time: 'abc' is not a number"],
  ['a speed that is no number', ['render', '--speed', 'NaN'], 2, 'USAGE', '--speed'],
  ['a speed of nothing', ['render', '--speed', '0'], 2, 'USAGE', 'a number above 0'],
  [
    'too few pictures a second',
    ['render', '--fps', '5'],
    2,
    'USAGE',
    "--fps: '5' is not a whole number from 25 to 60",
  ],
  ['an episode below the first', ['render', '--episode=-1'], 2, 'USAGE', '--episode'],
  ['a count of lines that is no number', ['host', 'logs', 'x', '-n', 'abc'], 2, 'USAGE', 'abc'],
  ['two runs to draw', ['render', 'runs/a', 'runs/b'], 2, 'USAGE', 'one run at a time: runs/a, runs/b'],
  ['two runs to replay', ['replay', 'runs/a', 'runs/b'], 2, 'USAGE', 'one run at a time'],
  ['a config without a run', ['run', 'runless.yaml'], 4, 'CONFIG_INVALID', 'no `run:` section'],
  [
    'a run folder that cannot be made',
    ['run', 'counter.yaml', 'run.folder=plain/runs'],
    1,
    'DISK_FULL',
    'plain/runs',
  ],
  [
    'the same without a recording',
    ['run', 'unkept.yaml', 'run.folder=/proc/runs'],
    1,
    'DISK_FULL',
    '/proc/runs',
  ],
  [
    'a replay in a far simulator',
    ['config', 'check', 'far-view.yaml'],
    4,
    'UNSUPPORTED',
    "far-view.yaml:5:34: run.replay: 'other' (counter) is a far simulator",
  ],
  [
    'a model that is not there, checked',
    ['config', 'check', 'no-model.yaml'],
    4,
    'FILE_NOT_FOUND',
    'nothere.xml',
  ],
  [
    'a model that is not there, dry',
    ['run', 'no-model.yaml', '--dry-run'],
    4,
    'FILE_NOT_FOUND',
    'no-model.yaml:3:39: simulators.plant.model',
  ],
  [
    'a model that is not there, begun with',
    ['init', '--model', 'nothere.xml'],
    4,
    'FILE_NOT_FOUND',
    'nothere.xml',
  ],
  [
    'an adapter that is not there',
    ['config', 'check', 'no-adapter.yaml'],
    4,
    'FILE_NOT_FOUND',
    'simulators.plant.adapter: there is no file',
  ],
  [
    'keyframes that are not there',
    ['config', 'check', 'no-keyframes.yaml'],
    4,
    'FILE_NOT_FOUND',
    'nothere.yaml',
  ],
  [
    'a model of a simulator that the config has not',
    ['run', 'no-source.yaml'],
    4,
    'UNMET_NEED',
    "no-source.yaml:4:31: simulators.view.model: there is no simulator 'plnt'\n  did you mean 'plant'?",
  ],
  [
    'a model from itself',
    ['run', 'own-model.yaml'],
    4,
    'UNMET_NEED',
    'these sections wait for each other: simulators.view → simulators.view',
  ],
  [
    'simulators that wait for each other',
    ['run', 'circle.yaml'],
    4,
    'UNMET_NEED',
    'these sections wait for each other: simulators.a → simulators.b → simulators.a',
  ],
  [
    'a recorded simulator whose recording is not there',
    ['config', 'check', 'no-recording.yaml'],
    4,
    'FILE_NOT_FOUND',
    'no-recording.yaml:3:32: simulators.plant.run: there is no recording at',
  ],
  [
    'recorded actions that are not there',
    ['run', 'no-actions.yaml'],
    4,
    'FILE_NOT_FOUND',
    'no-actions.yaml:4:42: run.controller.run: there is no recording at',
  ],
  [
    'states of a recording that is not there',
    ['run', 'no-states.yaml'],
    4,
    'FILE_NOT_FOUND',
    'no-states.yaml:4:47: simulators.other.as: there is no recording at',
  ],
  [
    'keyframes without a time',
    ['config', 'check', 'bad-keyframes.yaml'],
    4,
    'CONFIG_INVALID',
    'timeless.yaml: keyframes[0][time]',
  ],
  [
    'a model that is not there, compared',
    ['model', 'diff', 'nothere.xml', 'other.xml'],
    4,
    'FILE_NOT_FOUND',
    'FILE_NOT_FOUND: there is no file nothere.xml\n',
  ],
  [
    'a config in a folder that is not there',
    ['init', 'sub/deep/x.yaml'],
    4,
    'FILE_NOT_FOUND',
    'there is no folder sub/deep',
  ],
  [
    'a schema in a folder that is not there',
    ['config', 'schema', '-o', 'sub/x.json'],
    4,
    'FILE_NOT_FOUND',
    'there is no folder sub',
  ],
  [
    'a schema where nothing can be written',
    ['config', 'schema', '-o', '/proc/version'],
    1,
    'DISK_FULL',
    '/proc/version',
  ],
  [
    'a config to check that is not named',
    ['config', 'check'],
    2,
    'USAGE',
    'which config file? `farsim config check CONFIG`',
  ],
  ['a config to show that is not named', ['config', 'show'], 2, 'USAGE', 'which config file?'],
  ['an empty config', ['config', 'check', 'plain'], 4, 'CONFIG_INVALID', 'config file plain is empty'],
  ['a key without its path', ['run', 'counter.yaml', 'envs=2'], 4, 'UNKNOWN_KEY', 'simulators.NAME.envs=…'],
  [
    'a key that is nearly one',
    ['run', 'counter.yaml', '+simulators.plant.env_s=2'],
    4,
    'UNKNOWN_KEY',
    "did you mean 'envs'?",
  ],
  ['a key without a value', ['run', 'counter.yaml', 'run.episodes'], 2, 'USAGE', 'write run.episodes=VALUE'],
  [
    'a number where a map is due',
    ['run', 'counter.yaml', '+run.tolerance=1e-6'],
    4,
    'CONFIG_INVALID',
    'run.tolerance: 0.000001 is not a map { position: …, rotation: … }',
  ],
  ['a verb with two letters exchanged', ['rnu', 'counter.yaml'], 2, 'USAGE', 'did you mean `farsim run`?'],
  ['a verb of a topic', ['host', 'pss'], 2, 'USAGE', 'did you mean `farsim host ps`?'],
] as const)('%s is refused, and nothing is started', async (_, words, exit, code, said) => {
  const { status, stderr } = await farsim(words, options);
  expect(stderr).toMatch(new RegExp(`^${code}: `));
  expect(stderr).toContain(said);
  expect(status).toBe(exit);
  expect(readdirSync(cwd)).not.toContain('runs');
});

test('a model of this side that does not compile is told before a far simulator is started', async () => {
  const { status, stderr } = await farsim(['run', 'bad-model.yaml'], options);
  expect(stderr).toContain("MODEL_INVALID: the model 'bad.xml' was refused");
  expect(stderr).not.toContain('starting plant');
  expect(status).toBe(4);
});

test('a replay where no state can be set is refused before anything is driven', async () => {
  const { status, stderr } = await farsim(['run', 'blind-view.yaml'], options);
  expect(stderr).toContain("UNSUPPORTED: run.replay: nothing can be replayed in 'view'");
  expect(status).toBe(4);
  expect(readdirSync(cwd)).not.toContain('runs');
});

test('init names a model from the new config’s folder', async () => {
  mkdirSync(path.join(cwd, 'sub'), { recursive: true });
  writeFileSync(path.join(cwd, 'arm.xml'), '<mujoco/>');
  expect((await farsim(['init', 'sub/arm.yaml', '--model', 'arm.xml'], options)).status).toBe(0);
  expect((await farsim(['config', 'check', 'sub/arm.yaml'], options)).status).toBe(0);
});

test('config check and show take --config too', async () => {
  const [checked, shown] = await Promise.all(
    ['check', 'show'].map((verb) => farsim(['config', verb, '--config', 'counter.yaml'], options)),
  );
  expect(checked!.stdout).toContain('counter.yaml: good');
  expect(shown!.stdout).toContain('use: counter');
});

test('plugins says on standard error which one cannot be loaded, and what an unbuilt package lacks', async () => {
  const project = path.join(cwd, 'project');
  const raw = path.join(project, 'node_modules/farsim-sim-raw');
  mkdirSync(raw, { recursive: true });
  const provides = [{ kind: 'simulator', name: 'raw', entry: './raw.ts' }];
  const described = {
    name: 'farsim-sim-raw',
    version: '1.0.0',
    type: 'module',
    farsim: { api: 1, provides },
  };
  writeFileSync(path.join(raw, 'package.json'), JSON.stringify(described));
  writeFileSync(path.join(raw, 'raw.ts'), 'export default {};');
  writeFileSync(
    path.join(project, 'package.json'),
    '{"name":"project","version":"1.0.0","dependencies":{"farsim-sim-raw":"1"}}',
  );
  const { stdout, stderr } = await farsim(['plugins'], { ...options, cwd: project });
  expect(stdout).toMatch(/simulator raw +cannot be loaded/);
  expect(stderr).toContain('simulator raw of farsim-sim-raw cannot be loaded');
  expect(stderr).toContain('a package holds JavaScript: build it');
});
