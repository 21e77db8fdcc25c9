import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  realpathSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  PluginFinder,
  loadConfig,
  planDetached,
  planPipeline,
  toNumbers,
  type Recording,
  type Tensor,
} from '@farsim/core';
import { dataInfo, openRecording, verifyLedger } from '@farsim/recorder-mcap';
import { startSshd, type Sshd } from '../../test/sshd/start-sshd.ts';
import { farsim, startFarsim, type Ended } from './farsim.ts';

const cwd = mkdtempSync(path.join(os.tmpdir(), 'farsim-detach-'));
const env = { XDG_CONFIG_HOME: path.join(cwd, 'config') };
const name = `plant-${randomBytes(4).toString('hex')}`;
const python = process.env.FARSIM_TEST_PYTHON ?? 'python3';
let sshd: Sshd;

/** Writes `NAME.yaml`: the counter with some keys of its own, on the ssh host or here. */
function config(file: string, plant: object = {}, run: object = {}, more: object = {}): string {
  const { port, user, identityFile, knownHosts } = sshd;
  const ssh = { host: '127.0.0.1', port, user, identityFile, knownHosts, configFile: 'none' };
  const content = {
    version: 1,
    hosts: { box: { ssh } },
    simulators: { [name]: { use: 'counter', envs: 2, size: 3, python, ...plant } },
    run: { controller: { use: 'random', seed: 4 }, episodes: 6, steps: 40, seed: 9, folder: file, ...run },
    ...more,
  };
  writeFileSync(path.join(cwd, `${file}.yaml`), JSON.stringify(content));
  return `${file}.yaml`;
}

const call = (...words: string[]): Promise<Ended> => farsim(words, { cwd, env });
const json = async <Answer = Record<string, unknown>>(...words: string[]): Promise<Answer> =>
  JSON.parse((await call(...words, '--json')).stdout) as Answer;

interface Detached {
  readonly folder: string;
  readonly session: string;
}
const detach = (...words: string[]): Promise<Detached> => json<Detached>('run', '--detach', ...words);
const there = (folder: string): string =>
  (JSON.parse(readFileSync(path.join(folder, 'detached.json'), 'utf8')) as { folder: string }).folder;

interface Failed {
  readonly error: { code: string; message: string; exit: number; suggestions: string[] };
}

/** Waits for the run's end there, and syncs. */
async function synced(folder: string): Promise<{ status: number | null; answer: Record<string, unknown> }> {
  const told = path.join(path.dirname(there(folder)), 'bridge-exit.json');
  while (!existsSync(told)) await sleep(50);
  const { status, stdout } = await call('sync', folder, '--json');
  return { status, answer: JSON.parse(stdout) as Record<string, unknown> };
}

/** What `data info --verify` tells. */
async function verified(folder: string): Promise<Record<string, unknown>> {
  await using recording = await openRecording(folder);
  return { ...(await dataInfo(folder)), verified: await verifyLedger(recording) };
}

beforeAll(async () => {
  sshd = await startSshd();
});
afterAll(async () => {
  const { sessions } = await json<{ sessions: { session: string; name: string }[] }>('host', 'ps', 'local');
  for (const { session } of sessions.filter((shown) => shown.name === name))
    await call('host', 'down', session);
  await sshd[Symbol.asyncDispose]();
  rmSync(cwd, { recursive: true });
});

/** Two envs with two cameras. */
const seeing = `import numpy as np
from farsim.bridge.adapter import Adapter


class Seeing(Adapter):
    def describe(self):
        number = {"dtype": "f64", "shape": [1], "low": -1, "high": 1}
        return {
            "sim": "seeing", "task": "seen", "num_envs": 2, "step_dt": 0.1, "physics_dt": 0.1, "autoreset": "disabled",
            "actions": {"action": number}, "observations": {"obs": number}, "entities": {},
            "cameras": {name: {"width": 4, "height": 3} for name in ("front", "wrist/left")},
        }

    def reset(self, seed=None, envs=None, state=None, options=None):
        self.count = 0
        return {"observations": {"obs": np.zeros((2, 1))}}

    def step(self, action, envs=None):
        self.count += 1
        none = np.zeros(2, bool)
        return {"observations": {"obs": np.full((2, 1), self.count * 1.0)}, "reward": np.zeros(2), "terminated": none, "truncated": none, "info": {}}

    def images(self, cameras, envs=None, width=None, height=None):
        rows = range(2) if envs is None else envs
        return {name: np.stack([np.full((3, 4, 3), 40 * env + self.count + len(name), np.uint8) for env in rows]) for name in cameras}
`;

/** A controller that only this side has. */
const policy = `import { z } from ${JSON.stringify(import.meta.resolve('zod'))};
export default {
  kind: 'controller', name: 'policy', summary: 'Acts here.',
  config: z.object({}),
  open: () => Promise.reject(new Error('it is never opened')),
};
`;

async function imagesOf(recording: Recording): Promise<object[][]> {
  const rows = [];
  for (const { round } of recording.rounds)
    for await (const { frame } of recording.rows(round))
      rows.push((frame.images ?? []).map((image) => ({ ...image, data: Array.from(image.data) })));
  return rows;
}

const leaf = (tensor: unknown): number[] => Array.from(toNumbers(tensor as Tensor));

/** All that a recording holds of what was done and seen. */
async function content(recording: Recording): Promise<unknown> {
  const rows = [];
  for (const { round } of recording.rounds) {
    for await (const { frame, action } of recording.rows(round)) {
      const { observations, reward, tick, time, episode, state } = frame;
      rows.push({
        action: action === undefined ? undefined : leaf(action),
        observations: leaf(observations),
        reward: leaf(reward),
        state: leaf(state!.entities.counter!.joint_pos),
        numbers: [...frame.envs, ...tick, ...time, ...episode],
      });
    }
  }
  const summaries = [...recording.summaries.values()];
  const { episodes } = recording;
  return { rows, episodes, ledgers: summaries.map(({ ledger }) => ledger) };
}

test('a detached run is the attached one, step for step and to the ledger’s head, though nobody was there', async () => {
  const file = config(
    'far',
    { on: 'box', stepTime: 0.01, episodeSteps: 17, autoreset: 'next_step' },
    {
      options: { difficulty: 3, ground: 'gravel' },
    },
  );
  const run = await detach(file);
  const { status, answer } = await synced(run.folder);
  expect(answer).toMatchObject({ reason: 'finished', episodes: { length: 6 } });
  expect(status).toBe(0);
  expect(existsSync(there(run.folder))).toBe(false);
  const attached = await json<{ folder: string }>('run', file);
  await using far = await openRecording(run.folder);
  await using near = await openRecording(attached.folder);
  expect(await content(far)).toEqual(await content(near));
  expect(await verified(run.folder)).toMatchObject({ sealed: true, verified: { gaps: [], faults: [] } });
});

test('finished rounds come while it runs, each once, and what is broken here is fetched again', async () => {
  const run = await detach(config('rounds', { on: 'box', stepTime: 0.01 }, { episodes: 10_000, steps: 20 }));
  const rounds = path.join(run.folder, 'rounds');
  const first = path.join(rounds, '000000.mcap');
  const fetched = (): string[] => (existsSync(rounds) ? readdirSync(rounds) : []);
  while (fetched().length === 0)
    expect(await json('sync', run.folder)).toMatchObject({ state: 'running', run: { wanted: 10_000 } });
  const { mtimeMs } = statSync(first);
  const before = fetched().length;
  while (fetched().length === before) await call('sync', run.folder);
  expect(statSync(first).mtimeMs).toBe(mtimeMs);
  expect(await dataInfo(run.folder)).toMatchObject({ rounds: fetched().length });
  // a disk that forgets
  writeFileSync(first, readFileSync(first).fill(0, 500, 600));
  await call('host', 'down', run.session);
  const broken = await synced(run.folder);
  expect(broken).toMatchObject({ status: 1, answer: { error: { code: 'RECORDING_INVALID' } } });
  expect((broken.answer as unknown as Failed).error.suggestions.join()).toContain('it is still on box');
  expect(existsSync(there(run.folder))).toBe(true);
  rmSync(first);
  expect(await synced(run.folder)).toMatchObject({ status: 130, answer: { reason: 'interrupted' } });
  expect(existsSync(there(run.folder))).toBe(false);
  expect(await verified(run.folder)).toMatchObject({ sealed: true, verified: { faults: [] } });
});

test('a run whose folder here is lost is fetched by its machine and session, while it runs and after', async () => {
  const file = config('lost', { on: 'box', stepTime: 0.01 }, { episodes: 40, steps: 10 });
  const run = await detach(file);
  rmSync(run.folder, { recursive: true });
  const words = ['box', run.session, '--config', file, '--folder', 'lost'];
  const first = await json<{ state: string; folder: string }>('sync', ...words);
  expect(first).toMatchObject({ folder: realpathSync(cwd) + run.folder.slice(cwd.length) });
  expect((await json<{ folder: string }>('sync', ...words)).folder).toBe(first.folder);
  const { status, answer } = await synced(first.folder);
  expect(answer).toMatchObject({ reason: 'finished', episodes: { length: 40 } });
  expect(status).toBe(0);
  expect(await verified(first.folder)).toMatchObject({ sealed: true, verified: { gaps: [], faults: [] } });
  expect(existsSync(there(first.folder))).toBe(false);
  const about = JSON.parse(readFileSync(path.join(first.folder, 'run.json'), 'utf8')) as object;
  expect(about).toMatchObject({ id: path.basename(run.folder), controller: { plugin: 'random' } });
});

test('what the far side calls its run and its files never takes the place of what is here', async () => {
  const file = config('mine', { on: 'box' });
  const run = await detach(file);
  const kept = there(run.folder);
  while (!existsSync(path.join(path.dirname(kept), 'bridge-exit.json'))) await sleep(50);
  rmSync(run.folder, { recursive: true });
  mkdirSync(run.folder);
  writeFileSync(path.join(run.folder, 'run.yaml'), 'mine');
  writeFileSync(path.join(kept, 'run.yaml'), 'theirs');
  const words = ['sync', 'box', run.session, '--config', file, '--folder', 'mine'];
  const refused = await call(...words, '--json');
  expect((JSON.parse(refused.stdout) as Failed).error).toMatchObject({ code: 'PATH_REFUSED' });
  rmSync(path.join(kept, 'run.yaml'));
  const { folder } = await json<{ folder: string }>(...words);
  expect(path.basename(folder)).toBe(`run-${run.session}`);
  expect(readFileSync(path.join(folder, 'run.yaml'), 'utf8')).toContain(name);
  expect(readFileSync(path.join(run.folder, 'run.yaml'), 'utf8')).toBe('mine');
});

test('a run that is over is listed until somebody fetches it, from a machine that never heard of it too', async () => {
  const run = await detach(config('elsewhere', { on: 'box' }));
  const kept = there(run.folder);
  while (!existsSync(path.join(path.dirname(kept), 'bridge-exit.json'))) await sleep(50);
  rmSync(path.join(cwd, 'elsewhere'), { recursive: true });
  const { port, user, identityFile, knownHosts } = sshd;
  const other = path.join(cwd, 'other-laptop');
  mkdirSync(path.join(other, 'config/farsim'), { recursive: true });
  const ssh = { host: '127.0.0.1', port, user, identityFile, knownHosts, configFile: 'none' };
  writeFileSync(path.join(other, 'config/farsim/hosts.yaml'), JSON.stringify({ gpu: { ssh } }));
  const options = { cwd: other, env: { XDG_CONFIG_HOME: path.join(other, 'config') } };
  const listed = await farsim(['host', 'ps', 'gpu'], options);
  expect(listed.stdout).toContain(`its 3 rounds are still there: \`farsim sync gpu ${run.session}\``);
  const { status, stdout } = await farsim(['sync', 'gpu', run.session, '--json'], options);
  expect(status).toBe(0);
  const { folder } = JSON.parse(stdout) as { folder: string };
  expect(path.dirname(folder)).toBe(path.join(realpathSync(other), 'runs'));
  await using far = await openRecording(folder);
  const attached = await json<{ folder: string }>('run', 'elsewhere.yaml');
  await using near = await openRecording(attached.folder);
  expect(await content(far)).toEqual(await content(near));
  expect((await farsim(['host', 'ps', 'gpu'], options)).stdout).not.toContain(run.session);
  expect(await farsim(['sync', 'gpu', '0123456789ab', '--json'], options)).toMatchObject({ status: 5 });
});

test('a recording’s actions are applied there as here, envs that ended left out, and the joints compared', async () => {
  const plant = { stepTime: 0.005, episodeSteps: 17, autoreset: 'disabled' };
  const source = await json<{ folder: string }>('run', config('source', plant));
  const controller = { use: 'recorded', run: source.folder };
  const file = config('again', { ...plant, on: 'box' }, { controller });
  const run = await detach(file);
  const { status, answer } = await synced(run.folder);
  expect(answer).toMatchObject({ reason: 'finished', episodes: { length: 6 } });
  expect(status).toBe(0);
  const attached = await json<{ folder: string; controller: unknown }>('run', file);
  await using far = await openRecording(run.folder);
  await using near = await openRecording(attached.folder);
  expect(await content(far)).toEqual(await content(near));
  expect(answer.controller).toEqual(attached.controller);
  expect(attached.controller).toMatchObject({ divergence: [{ max: 0 }, { max: 0 }, { max: 0 }] });
});

test('a recording for another number of envs is refused before the first step', async () => {
  const source = await json<{ folder: string }>('run', config('three', { envs: 3 }));
  const file = config('two', {}, { controller: { use: 'recorded', run: source.folder } });
  const { status, stdout } = await call('run', file, '--detach', '--json');
  const { error } = JSON.parse(stdout) as Failed;
  expect(error.message).toContain('the recording has 3 envs and the simulator 2');
  expect(status).not.toBe(0);
});

test.each(['raw', 'png'])('images are recorded there as here: %s', async (encoding) => {
  writeFileSync(path.join(cwd, 'seen.py'), seeing);
  const images = { cameras: ['front', 'wrist/left'], every: 3, encoding };
  const file = config(
    `seen-${encoding}`,
    { use: 'python', adapter: './seen.py:Seeing', on: 'box', envs: undefined, size: undefined },
    { episodes: 2, steps: 10, record: 'rec' },
    { recorders: { rec: { use: 'mcap', images } } },
  );
  const run = await detach(file);
  expect(await synced(run.folder)).toMatchObject({ status: 0, answer: { reason: 'finished' } });
  const attached = await json<{ folder: string }>('run', file);
  await using far = await openRecording(run.folder);
  await using near = await openRecording(attached.folder);
  const seen = await imagesOf(far);
  expect(seen).toEqual(await imagesOf(near));
  expect(seen.filter((row) => row.length > 0).map((row) => row.length)).toEqual([4, 4, 4, 4]);
  expect(seen[0]![0]).toMatchObject({ camera: 'front', env: 0, encoding, width: 4, height: 3 });
  expect(await verified(run.folder)).toMatchObject({ sealed: true, verified: { gaps: [], faults: [] } });
});

test('it is replayed and drawn from the model that came along', async () => {
  const model = path.join(cwd, 'arm.xml');
  writeFileSync(
    model,
    `<mujoco><worldbody><light pos="0 0 3"/><body name="base" pos="0 0 1"><geom size=".05"/>
      <body name="link"><joint name="hinge" axis="0 1 0"/><geom type="capsule" size=".05" fromto="0 0 0 .4 0 0"/></body>
      </body></worldbody>
      <actuator><motor joint="hinge" ctrlrange="-1 1"/></actuator></mujoco>`,
  );
  const content = {
    version: 1,
    simulators: {
      [name]: { use: 'mujoco-native', model: './arm.xml', python },
      view: { use: 'mujoco', model: `from ${name}` },
    },
    run: {
      ...{
        simulator: name,
        controller: { use: 'sine' },
        episodes: 2,
        steps: 30,
        replay: 'view',
        folder: 'arm',
      },
      ...{ tolerance: {}, video: { episodes: [1], size: '160x120' } },
    },
  };
  writeFileSync(path.join(cwd, 'arm.yaml'), JSON.stringify(content));
  const run = await detach('arm.yaml');
  const { status, answer } = await synced(path.join(cwd, 'arm/latest'));
  expect(answer).toMatchObject({ reason: 'finished', replay: { episodes: 2, unmatched: [] } });
  expect(status).toBe(0);
  expect(answer.folder).toBe(realpathSync(run.folder));
  expect(readdirSync(path.join(run.folder, 'video'))).toEqual(['1.mp4']);
  const attached = await json<{ folder: string }>('run', 'arm.yaml');
  const heads = await Promise.all([run.folder, attached.folder].map((folder) => verified(folder)));
  expect(heads[0]!.ledger).toEqual(heads[1]!.ledger);
});

describe.concurrent(
  'a run that came to no good end tells why, and what it recorded until then is here',
  () => {
    test.each([
      ['host down', {}, 130, { reason: 'interrupted' }, 'interrupted'],
      ['a crash', { killAt: 60 }, 8, { error: { code: 'SIMULATOR_CRASHED' } }, 'interrupted'],
      ['an error in a step', { raiseAt: 60 }, 8, { error: { code: 'SIMULATOR_FAILED' } }, 'failed'],
      ['its lease', { lease: { total: 2 } }, 5, { error: { code: 'SESSION_EXPIRED' } }, 'interrupted'],
    ])('%s', async (what, plant, exit, said, outcome) => {
      const file = config(what.replaceAll(' ', '-'), { stepTime: 0.02, ...plant }, { episodes: 1_000 });
      const run = await detach(file);
      if (what === 'host down') {
        const shown = await json<{ sessions: Record<string, unknown>[] }>('host', 'ps', 'local');
        expect(shown.sessions.find(({ session }) => session === run.session)).toMatchObject({
          detached: true,
          warm: false,
          run: { wanted: 1_000, rounds: 500 },
        });
        const table = (await call('host', 'ps', 'local')).stdout;
        expect(table.split('\n').find((line) => line.startsWith(run.session))).toMatch(
          /\(detached\) .*round \d+ of about 500/,
        );
        expect((await call('host', 'down', run.session)).stdout).toContain('is over');
      }
      const { status, answer } = await synced(run.folder);
      expect(answer).toMatchObject(said);
      expect(status).toBe(exit);
      const info = await verified(run.folder);
      expect(info).toMatchObject({ sealed: true, outcomes: { [outcome]: 2 }, verified: { faults: [] } });
      expect(info.frames).toBeGreaterThan(20);
      expect(readFileSync(path.join(run.folder, `logs/${name}.log`), 'utf8')).toContain(
        'round 0 of about 500',
      );
      expect(existsSync(there(run.folder))).toBe(false);
      // who asks again hears the same
      expect((await call('sync', run.folder)).status).toBe(exit);
      if (what !== 'host down') return;
      const more = ['--resume', run.folder, `run.episodes=${String(Number(info.episodes) + 2)}`, '--json'];
      const resumed = await call('run', ...more);
      expect(JSON.parse(resumed.stdout)).toMatchObject({ reason: 'finished', episodes: { length: 4 } });
    });
  },
);

describe('what cannot go without this side is refused, with its place, before anything starts', () => {
  const served = { run: { controller: { use: './policy.mjs' } } };
  test.each([
    ['a controller', served, /controller.yaml:1:\d+: run\.controller: the controller 'policy' acts here/],
    ['no recording', { run: { record: false } }, /no-recording.yaml:1:\d+: run\.record: /],
    ['a simulator here', { plant: { use: 'recorded', run: 'x' } }, /'recorded' has no far side/],
  ] as [string, { run?: object; plant?: object }, RegExp][])('%s', async (what, { run, plant }, message) => {
    writeFileSync(path.join(cwd, 'policy.mjs'), policy);
    const file = config(what.replace(/^an? /, '').replaceAll(' ', '-'), {}, run);
    if (plant) {
      const content = JSON.parse(readFileSync(path.join(cwd, file), 'utf8')) as { simulators: object };
      content.simulators = { plant };
      writeFileSync(path.join(cwd, file), JSON.stringify(content));
    }
    const loaded = loadConfig(path.join(cwd, file));
    const plan = await planPipeline(loaded, new PluginFinder());
    const refusal = { code: 'CONFIG_INVALID', message: expect.stringMatching(message) };
    expect(() => planDetached(plan)).toThrow(expect.objectContaining(refusal));
    if (what !== 'a controller') return;
    for (const more of [[], ['--dry-run']]) {
      const { status, stdout } = await call('run', file, '--detach', '--json', ...more);
      expect((JSON.parse(stdout) as Failed).error).toMatchObject({ ...refusal, exit: 4 });
      expect(status).toBe(4);
    }
  });

  test('a Python that cannot record', async () => {
    const bare = path.join(cwd, 'bare');
    spawnSync(python, ['-m', 'venv', '--without-pip', bare]);
    const file = config('bare-python', { python: path.join(bare, 'bin/python'), failLaunch: true });
    const { status, stdout } = await call('run', file, '--detach', '--json');
    const { error } = JSON.parse(stdout) as Failed;
    expect(error).toMatchObject({ code: 'PACKAGE_MISSING', message: expect.stringContaining('no mcap') });
    expect(error.suggestions.join()).toContain('pip install mcap numpy');
    expect(status).toBe(7);
  });

  test('who is killed before the first step leaves nothing', async () => {
    const file = config('killed', { resetTime: 1.5, lease: { grace: 1 } });
    const cache = path.join(cwd, 'cache');
    const running = startFarsim(['run', file, '--detach'], { cwd, env: { ...env, FARSIM_CACHE: cache } });
    await running.says('ready');
    running.process.kill('SIGKILL');
    const files = (): string[] => readdirSync(cache, { recursive: true, encoding: 'utf8' });
    expect(files().filter((found) => found.endsWith('/run'))).toHaveLength(1);
    while (!files().some((found) => found.endsWith('/bridge-exit.json'))) await sleep(50);
    await expect.poll(() => files().filter((found) => found.endsWith('/run'))).toEqual([]);
    expect(existsSync(path.join(cwd, 'killed'))).toBe(false);
  });

  test('a start that fails leaves neither a session nor a recording', async () => {
    const sessions = async (): Promise<string[]> =>
      (await json<{ sessions: { name: string; session: string }[] }>('host', 'ps', 'local')).sessions
        .filter((shown) => shown.name === name)
        .map(({ session }) => session);
    const before = await sessions();
    const { status } = await call(
      'run',
      config('no-start', { failReset: true, failLaunch: true }),
      '--detach',
    );
    expect(status).toBe(7);
    expect(await sessions()).toEqual(before);
    expect(existsSync(path.join(cwd, 'no-start'))).toBe(false);
  });
});

test('a folder that is not of a detached run says so', async () => {
  mkdirSync(path.join(cwd, 'other'));
  expect(await call('sync', 'other')).toMatchObject({
    status: 4,
    stderr: expect.stringContaining('no run.json'),
  });
  writeFileSync(path.join(cwd, 'other/run.json'), '{}');
  expect(await call('sync', 'other')).toMatchObject({ status: 2 });
});
