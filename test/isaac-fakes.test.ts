import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import {
  PluginFinder,
  doctorPipeline,
  loadConfig,
  openPipeline,
  planPipeline,
  type RunSummary,
} from '@farsim/core';
import { afterAll, expect, test } from 'vitest';

const fakes = path.join(import.meta.dirname, '../python/tests/fakes');
const models = path.join(import.meta.dirname, '../../shared/models');
const folder = mkdtempSync(path.join(os.tmpdir(), 'farsim-fakes-'));
const python = process.env.FARSIM_TEST_PYTHON ?? 'python3';
const tolerance = { position: 1e-4, rotation: 1e-3 };
const crabScene = path.join(fakes, 'robots/scene.xml');

afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** `generation`: which Isaac seems to be installed; `faults`: how it misbehaves. */
interface Order {
  readonly generation: string;
  readonly plant: object;
  readonly view: string;
  readonly faults?: object;
  readonly map?: string;
}

/** The far simulator's section, in a process in which that Isaac seems to be installed. */
function plantSection({ generation, plant, faults }: Omit<Order, 'view' | 'map'>): object {
  const env = {
    PYTHONPATH: ['common', 'kit', generation].map((part) => path.join(fakes, part)).join(path.delimiter),
    FAKE_ISAAC: JSON.stringify({ models, ...faults }),
  };
  return { device: 'cuda:0', acceptEula: true, python, env, ...plant };
}

/** Records four short episodes in a fake Isaac and replays them in MuJoCo here. */
async function record({ view, map, ...order }: Order): Promise<RunSummary> {
  const config = {
    version: 1,
    name: order.generation,
    simulators: {
      plant: plantSection(order),
      view: { use: 'mujoco', model: view, states: 'from plant', ...(map && { map }) },
    },
    run: {
      simulator: 'plant',
      controller: { use: 'random', seed: 3 },
      episodes: 4,
      steps: 40,
      seed: 5,
      replay: 'view',
      tolerance,
      folder,
    },
  };
  await using pipeline = await openPipeline(config);
  return await pipeline.run();
}

/** What doctor's probes say of it, each probe's outcome. */
async function probed(order: Omit<Order, 'view'>): Promise<Record<string, string>> {
  const finder = new PluginFinder();
  const config = loadConfig({ version: 1, simulators: { plant: plantSection(order) } });
  const { simulators } = await doctorPipeline(await planPipeline(config, finder), finder);
  return Object.fromEntries(simulators.plant!.results.map(({ probe, outcome }) => [probe, outcome]));
}

function inLab(task: string, view = crabScene, faults?: object): Omit<Order, 'generation'> {
  const plant = { use: 'isaac', task, envs: 2, overrides: ['env.episode_length_s=0.5'] };
  return { plant, view, ...(faults && { faults }) };
}

function requireEveryFrame(summary: RunSummary, envs: number): void {
  expect(summary.reason).toBe('finished');
  expect(summary.replay!.compared).toBeGreaterThanOrEqual(envs * summary.frames);
  for (const { body, movingPosition, movingRotation } of summary.replay!.bodies) {
    expect(movingPosition, body).toBeLessThan(tolerance.position);
    expect(movingRotation, body).toBeLessThan(tolerance.rotation);
  }
}

test.each(['two', 'beta', 'three'])(
  'recorded breadth first in generation %s, each body of three robots is where it was at every frame',
  async (generation) => {
    const summary = await record({ generation, ...inLab('Isaac-Crab') });
    requireEveryFrame(summary, 2);
    expect(summary.replay!.bodies.map(({ body }) => body)).toContain('robot/right_knee');
    expect(summary.replay!.bodies.map(({ body }) => body)).toContain('crane/right_claw');
  },
);

const inSim = {
  use: 'isaac-sim',
  usd: 'crab.usda',
  assets: path.join(fakes, 'robots'),
  prims: { robot: '/World/Robot', crane: '/World/Crane', object: '/World/Object' },
  decimation: 4,
  physicsDt: 0.005,
};

test.each(['experimental', 'core'])(
  'a USD scene of Isaac Sim with %s prims, uploaded with its folder, is replayed the same way',
  async (generation) => {
    requireEveryFrame(await record({ generation, plant: inSim, view: crabScene }), 1);
  },
);

const robots: Readonly<Record<string, Order>> = {
  panda: { generation: 'two', ...inLab('Isaac-Reach-Franka', path.join(models, 'panda/scene.xml')) },
  go2: {
    generation: 'beta',
    ...inLab('Isaac-Velocity-Flat-Unitree-Go2', path.join(models, 'go2/scene.xml')),
  },
  g1: {
    generation: 'three',
    ...inLab('Isaac-Velocity-Flat-Unitree-G1', path.join(models, 'g1/scene_29dof.xml')),
  },
};
const there = Object.keys(robots).filter((name) => existsSync(robots[name]!.view));
if (there.length < Object.keys(robots).length)
  console.log('no ../shared/models here: Panda, Go2 and G1 of the fakes are not replayed');

test.each(there)('%s under the names and in the order of its USD, the same', async (name) => {
  requireEveryFrame(await record(robots[name]!), 2);
});

test.each([
  [
    'two',
    'xyzw taken for wxyz',
    { turned_quaternions: true },
    'VERIFICATION_FAILED',
    /at row 0 of round 0 \d+ bodies are elsewhere than recorded: '\w+\//,
  ],
  [
    'three',
    'wxyz taken for xyzw',
    { turned_quaternions: true },
    'VERIFICATION_FAILED',
    /at row 0 of round 0 \d+ bodies are elsewhere than recorded: '\w+\//,
  ],
  [
    'two',
    'two joints under each other’s name',
    { swapped_joints: true },
    'VERIFICATION_FAILED',
    /at row 0 of round 0 /,
  ],
  ['beta', 'a joint under an unknown name', { unknown_joint: 'spine_roll' }, 'MAP_INVALID', /spine_roll/],
])('in generation %s, %s ends the run with what is wrong', async (generation, _, faults, code, words) => {
  const run = record({ generation, ...inLab('Isaac-Crab', crabScene, faults) });
  await expect(run).rejects.toMatchObject({ code, message: expect.stringMatching(words) });
});

test('a robot that the task has not is named before the first step, with those that it has', async () => {
  const map = path.join(folder, 'map.json');
  writeFileSync(map, JSON.stringify({ version: 1, rename: { entities: { panda: 'robot' } } }));
  await expect(record({ generation: 'three', ...inLab('Isaac-Crab'), map })).rejects.toMatchObject({
    code: 'MAP_INVALID',
    message: expect.stringMatching(/'panda' is nothing of the side that states come from/),
  });
});

const elsewhere = /at row 0 of round 0 \d+ bodies are elsewhere than recorded: 'robot\//;
const single = [
  ['the order of quaternions', { turned_quaternions: true }, 'VERIFICATION_FAILED', elsewhere],
  ['two joints’ names', { swapped_joints: true }, 'VERIFICATION_FAILED', elsewhere],
  ['one joint’s name', { unknown_joint: 'nobody' }, 'MAP_INVALID', /'nobody'/],
] as const;

test.each(there.map((name, i) => [name, ...single[i % single.length]!] as const))(
  '%s with %s wrong ends the run with what is wrong',
  async (name, _, faults, code, words) => {
    await expect(record({ ...robots[name]!, faults })).rejects.toMatchObject({
      code,
      message: expect.stringMatching(words),
    });
  },
);

const healthy = {
  names: 'passed',
  reading: 'passed',
  'set and get': 'passed',
  bodies: 'passed',
  quaternion: 'passed',
  velocity: 'passed',
  finite: 'passed',
  seed: 'passed',
  close: 'passed',
};

test.each(['two', 'beta', 'three'])('doctor finds generation %s right', async (generation) => {
  const { plant } = inLab('Isaac-Crab-Camera');
  expect(await probed({ generation, plant: { ...plant, cameras: true } })).toMatchObject({
    ...healthy,
    'partial reset': 'passed',
    pictures: 'passed',
    'final state': 'passed',
  });
});

test.each(['experimental', 'core'])('doctor finds Isaac Sim with %s prims right', async (generation) => {
  expect(await probed({ generation, plant: inSim })).toMatchObject(healthy);
});

test.each([
  ['two', 'quaternion', { turned_quaternions: true }],
  ['three', 'set and get', { com_for_link: true }],
])('doctor finds what is wrong with generation %s: its %s', async (generation, probe, faults) => {
  const { plant } = inLab('Isaac-Crab');
  expect(await probed({ generation, plant, faults })).toMatchObject({ names: 'passed', [probe]: 'failed' });
});
