import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import {
  f32,
  openPipeline,
  type Frame,
  type RemoteSimulator,
  type Tensor,
  type Transport,
} from '@farsim/core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { farPids } from '../faults/far-sides.ts';
import { processesOfSession } from '../left-over.ts';
import { startSshd, type Sshd } from '../sshd/start-sshd.ts';
import { assets, openIsaac, openTransport } from './open-isaac.ts';

const envs = 3;
const push = (force: number): Tensor =>
  f32(
    Array.from({ length: envs }, () => force),
    [envs, 1],
  );
const policy = ({ observations }: Frame): number[] =>
  [...(observations as { policy: Tensor }).policy.data] as number[];
const root = path.join(import.meta.dirname, '../..');

let sshd: Sshd;
beforeAll(async () => {
  sshd = await startSshd();
});
afterAll(async () => {
  await sshd[Symbol.asyncDispose]();
});

describe.each([
  { task: 'Isaac-Cartpole', over: 'local' },
  { task: 'Isaac-Cartpole-Direct-v0', over: 'ssh', more: { finalObservations: true, idlePump: true } },
])('$task over $over', ({ task, over, more }) => {
  const lines: string[] = [];
  let transport: Transport;
  let isaac: RemoteSimulator;
  beforeAll(async () => {
    transport = await openTransport(over === 'ssh' ? sshd : undefined);
    isaac = await openIsaac(
      transport,
      { task, envs, overrides: ['env.episode_length_s=0.5'], ...more },
      (line) => lines.push(line),
    );
  });
  afterAll(async () => {
    await isaac[Symbol.asyncDispose]();
    await transport[Symbol.asyncDispose]();
  });

  test('tells its phases while it starts', () => {
    const told = lines.join('\n');
    for (const phase of ['launching', 'creating', 'probing', 'ready']) expect(told).toContain(phase);
  });

  test('describes the task, with conventions that were probed', () => {
    const { spec } = isaac;
    expect(spec).toMatchObject({
      sim: 'isaac-lab',
      task: task.replace(/-v0$/, ''),
      num_envs: envs,
      autoreset: 'same_step',
      versions: { isaaclab: '3.0.0' },
      native: { quat: { value: 'xyzw', known: 'probed' } },
    });
    expect(spec.step_dt).toBeCloseTo(1 / 60, 12);
    expect(spec.physics_dt).toBeCloseTo(1 / 120, 12);
    const [entity] = Object.values(spec.entities);
    expect(entity).toMatchObject({
      kind: 'articulation',
      fixed_base: true,
      joint_names: ['slider_to_cart', 'cart_to_pole'],
      joint_types: ['slide', 'hinge'],
      joint_limits: [[-4, 4], null],
      body_names: ['slider', 'cart', 'pole'],
    });
    expect(new Set(spec.env_origins.map(String)).size).toBe(envs);
  });

  test('the same seed begins the same episode', async () => {
    const first = policy(await isaac.reset({ seed: 7 }));
    const other = policy(await isaac.reset({ seed: 8 }));
    expect(policy(await isaac.reset({ seed: 7 }))).toEqual(first);
    expect(other).not.toEqual(first);
  });

  test('several steps in one call are the same as one after another', async () => {
    await isaac.reset({ seed: 7 });
    const one: Frame[] = [];
    for (let i = 0; i < 5; i++) one.push(await isaac.step(push(0.2)));
    await isaac.reset({ seed: 7 });
    const many = await isaac.stepMany!(Array.from({ length: 5 }, () => push(0.2)));
    expect(many.map(policy)).toEqual(one.map(policy));
    expect(isaac.session.ledger.fault).toBeUndefined();
  });

  test('a state that was read and put back is read again to the last digit', async () => {
    await isaac.reset({ seed: 3 });
    for (let i = 0; i < 4; i++) await isaac.step(push(1));
    const before = await isaac.getState!();
    await isaac.step(push(-1));
    await isaac.setState!(before);
    expect((await isaac.getState!()).entities).toEqual(before.entities);
  });

  test('a state that is put back has the same future', async () => {
    await isaac.reset({ seed: 3 });
    for (let i = 0; i < 4; i++) await isaac.step(push(1));
    const start = await isaac.getState!();
    const future = async (): Promise<number[]> => {
      for (let i = 0; i < 4; i++) await isaac.step(push(0));
      const [robot] = Object.values((await isaac.getState!()).entities);
      return [...robot!.joint_vel!.data].map(Number);
    };
    const first = await future();
    await isaac.setState!(start);
    // not to the last digit: the solver begins from what it found before
    for (const [i, speed] of (await future()).entries()) expect(speed).toBeCloseTo(first[i]!, 4);
  });

  test('rows of a state are put into the envs that they name', async () => {
    await isaac.reset({ seed: 3 });
    const [name] = Object.keys(isaac.spec.entities);
    const rows = Int32Array.of(2, 0);
    await isaac.setState!({
      envs: rows,
      entities: { [name!]: { joint_pos: f32([1, 0.5, -1, -0.5], [2, 2]) } },
    });
    const after = await isaac.getState!({ envs: Int32Array.of(0, 2) });
    expect([...after.entities[name!]!.joint_pos!.data]).toEqual([-1, -0.5, 1, 0.5]);
  });

  test('an episode that ends is reset in its step, and its end is kept', async () => {
    let frame = await isaac.reset({ seed: 5, want: { state: true, bodies: 'always' } });
    let last = frame;
    while (!frame.truncated.includes(1) && !frame.terminated.includes(1)) {
      last = frame;
      frame = await isaac.step(push(0));
    }
    expect(frame.truncated).toEqual(Uint8Array.of(1, 1, 1));
    const [name] = Object.keys(isaac.spec.entities);
    const ended = frame.final!.state!.entities[name!]!;
    // the pole swung on for one more step, and did not jump as it does when an episode begins
    const swing = (a: Tensor, b: Tensor) =>
      Math.max(...[...a.data].map((value, i) => Math.abs(Number(value) - Number(b.data[i]))));
    expect(swing(ended.joint_pos!, last.state!.entities[name!]!.joint_pos!)).toBeLessThan(0.3);
    expect(frame.state!.after_autoreset?.data).toEqual(Uint8Array.of(1, 1, 1));
    expect(swing(ended.joint_pos!, frame.state!.entities[name!]!.joint_pos!)).toBeGreaterThan(0.01);
    expect([...frame.final!.tick]).toEqual([30, 30, 30]);
    const final = frame.final!.observations as { policy: Tensor } | undefined;
    expect(final === undefined).toBe(more === undefined);
    // the task observes where its joints are first
    for (const env of final ? [0, 1, 2] : [])
      expect(final!.policy.data[4 * env + 1]).toBeCloseTo(Number(ended.joint_pos!.data[2 * env + 1]), 5);
  });

  test.each([
    ['of another shape', f32([0, 0], [1, 2]), 'BAD_ACTION'],
    ['with a number that is none', f32([0, Number.NaN, 0], [envs, 1]), 'BAD_ACTION'],
  ])('an action %s is refused before Isaac sees it', async (_, action, code) => {
    await isaac.reset({ seed: 1 });
    await expect(isaac.step(action)).rejects.toMatchObject({ code });
    expect((await isaac.step(push(0))).tick).toEqual(Uint32Array.of(1, 1, 1));
  });

  test('a state of an entity that is not there is refused', async () => {
    const state = { entities: { nobody: { joint_pos: f32([0], [1, 1]) } } };
    await expect(isaac.setState!(state)).rejects.toMatchObject({
      code: 'BAD_STATE',
      message: expect.stringContaining('nobody'),
    });
  });

  test('gives the live scene as MJCF under its own names', async () => {
    const { entry, files } = await isaac.model!();
    const text = Buffer.from(files.get(entry)!).toString('utf8');
    for (const name of ['slider_to_cart', 'cart_to_pole', 'pole']) expect(text).toContain(`name="${name}"`);
    expect(text).not.toContain('World_envs');
  });
});

test('a task is recorded over ssh and replayed here', async () => {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'farsim-isaac-'));
  const { port, user, identityFile, knownHosts } = sshd;
  await using pipeline = await openPipeline({
    version: 1,
    name: 'cartpole',
    hosts: { far: { ssh: { host: '127.0.0.1', port, user, identityFile, knownHosts } } },
    simulators: {
      plant: {
        use: 'isaac',
        on: 'far',
        python: 'managed',
        task: 'Isaac-Cartpole',
        envs: 2,
        device: 'cpu',
        assets,
      },
      view: { use: 'mujoco', model: 'from plant' },
    },
    run: {
      simulator: 'plant',
      controller: { use: 'random', seed: 3 },
      episodes: 2,
      steps: 60,
      seed: 5,
      replay: 'view',
      tolerance: { position: 1e-5, rotation: 1e-5 },
      video: { episodes: [0], size: '320x240', fps: 30 },
      folder,
    },
  });
  const summary = await pipeline.run();
  expect(summary.replay!.compared).toBe(122);
  expect(summary.files.filter((file) => file.endsWith('.mp4'))).toHaveLength(1);
  rmSync(folder, { recursive: true, force: true });
});

const copies: string[] = [];
afterAll(() => copies.forEach((copy) => rmSync(copy, { recursive: true })));

/** A copy of the assets in which the cartpole's file says something else. */
function assetsWhere(says: string, instead: string): string {
  const copy = mkdtempSync(path.join(os.tmpdir(), 'farsim-assets-'));
  copies.push(copy);
  cpSync(assets, copy, { recursive: true });
  const file = path.join(copy, 'Isaac/IsaacLab/Robots/Classic/Cartpole/cartpole.usd');
  writeFileSync(file, readFileSync(file, 'utf8').replace(says, instead));
  return copy;
}

describe('what goes wrong', () => {
  test.each([
    ['a task that is not registered', { task: 'Isaac-Cartpol' }, 'CONFIG_INVALID', /Isaac-Cartpole/],
    [
      'an override of what is a key of ours',
      { overrides: ['env.scene.num_envs=4'] },
      'CONFIG_INVALID',
      /`envs`/,
    ],
    ['an override of a key that the task has not', { overrides: ['env.sim.dtt=1'] }, 'CONFIG_INVALID', /dtt/],
    ['an override outside the task and its agent', { overrides: ['sim.dt=1'] }, 'CONFIG_INVALID', /sim\.dt/],
    [
      'an asset that is not there',
      { assets: path.join(root, 'examples/isaac') },
      'FILE_NOT_FOUND',
      /ground_plane/,
    ],
    [
      'an asset in centimetres',
      { assets: assetsWhere('metersPerUnit = 1', 'metersPerUnit = 0.01') },
      'UNSUPPORTED',
      /cartpole\.usd is in centimetres/,
    ],
    [
      'an asset that lies on its side',
      { assets: assetsWhere('upAxis = "Z"', 'upAxis = "Y"') },
      'UNSUPPORTED',
      /cartpole\.usd has Y up/,
    ],
    [
      'a function that the file has not',
      { configure: `${root}/examples/isaac/lift_cfg.py:confgure` },
      'CONFIG_INVALID',
      /configure/,
    ],
    ['a module that is not there', { imports: ['my_tasks'] }, 'PACKAGE_MISSING', /my_tasks/],
  ])('%s is named, and nothing is left running', async (_, wrong, code, sentence) => {
    await using transport = await openTransport();
    const error: unknown = await openIsaac(transport, { task: 'Isaac-Cartpole', ...wrong }).then(
      () => undefined,
      (failure: unknown) => failure,
    );
    expect(error).toMatchObject({ code, message: expect.stringMatching(sentence) });
  });

  test('another task is made in the Isaac that was kept, without a start', async () => {
    await using transport = await openTransport();
    const lease = { grace: 30, keep: 60 };
    const first = await openIsaac(transport, { task: 'Isaac-Cartpole', envs, lease });
    const before = await farPids(first);
    await first[Symbol.asyncDispose]();
    const task = 'Isaac-Cartpole-Direct';
    await using second = await openIsaac(transport, { task, envs: 2, lease: { grace: 30, keep: 0 } });
    expect(await farPids(second)).toEqual(before);
    expect(second.spec).toMatchObject({ task: expect.stringContaining(task), num_envs: 2 });
    await second.reset({ seed: 1 });
    expect((await second.step(f32([0.1, -0.1], [2, 1]))).tick).toEqual(Uint32Array.of(1, 1));
    second.session.ledger.verify();
  });

  test('a killed Isaac is told of at once, with nothing left of it', async () => {
    await using transport = await openTransport();
    await using isaac = await openIsaac(transport, { task: 'Isaac-Cartpole', envs });
    await isaac.reset();
    const { session, simulator } = await farPids(isaac);
    const stepping = isaac.step(push(0), { repeat: 100_000 });
    process.kill(simulator, 'SIGKILL');
    await expect(stepping).rejects.toMatchObject({ code: 'SIMULATOR_CRASHED' });
    await expect.poll(() => processesOfSession(session), { timeout: 20_000 }).toEqual([]);
  });
});

test.each(['Isaac-Cartpole', 'Isaac-Cartpole-Direct'])('%s keeps the adapter’s contract', async (task) => {
  await using transport = await openTransport();
  const isaac = await openIsaac(transport, { task });
  const [python] = readFileSync(`/proc/${(await farPids(isaac)).simulator}/cmdline`, 'utf8').split('\0');
  await isaac[Symbol.asyncDispose]();
  const config = JSON.stringify({ task, envs, device: 'cpu', assets: `${assets}/` });
  const { stdout, stderr } = spawnSync(
    python!,
    [path.join(root, 'test/engines/check_adapter.py'), root, 'isaac', 'isaac_adapter:IsaacAdapter', config],
    { encoding: 'utf8' },
  );
  expect(stdout, stderr).toContain('the contract holds');
});
