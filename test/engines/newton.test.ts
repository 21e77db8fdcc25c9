import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { f32, openPipeline, type RunSummary, type Tensor, type Transport } from '@farsim/core';
import { simulatorContract } from '@farsim/core/testing';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { holdToContract } from '../hold-to-contract.ts';
import { openLocalTransport } from '../open-far.ts';
import { checkAdapter, interpreterOf, newtonAsset, openEngine } from './open-engine.ts';

const folder = mkdtempSync(path.join(os.tmpdir(), 'farsim-newton-'));
const arm = path.join(import.meta.dirname, '../../cli/demo/arm.xml');
let transport: Transport;
let python: string;
beforeAll(async () => {
  transport = await openLocalTransport();
  await using first = await openEngine('newton', transport, { model: arm, solver: 'mujoco_cpu' });
  python = await interpreterOf(first);
});
afterAll(async () => {
  await transport[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true });
});

describe('an ant of USD', () => {
  const lease = { keep: 20 };
  const open = () =>
    openEngine('newton', transport, { model: newtonAsset(python, 'ant.usda'), envs: 3, noise: 0.1, lease });
  holdToContract(simulatorContract, open);
});

test('a humanoid’s joints, several to a body, have their own names, and its velocity is probed', async () => {
  await using humanoid = await openEngine('newton', transport, {
    model: newtonAsset(python, 'nv_humanoid.xml'),
    at: [0, 0, 1.35],
    envs: 2,
  });
  const { spec } = humanoid;
  const { torso } = spec.entities;
  expect(torso!.joint_names).toContain('right_hip_z');
  expect(spec.native.velocity).toEqual({ value: 'centre of mass, world axes', known: 'probed' });
  expect(spec.native.solver).toEqual({ value: 'mujoco on cpu', known: 'declared' });
  // the file's motors, in their own order
  const terms = spec.actions['']!.terms!;
  expect(terms).toHaveLength(21);
  expect(terms[0]).toMatchObject({ kind: 'joint_effort', entity: 'torso' });
  await humanoid.reset({ seed: 1 });
  const given: Record<string, Tensor> = {
    root_pos: f32([0.5, 0.2, 2, -0.5, 0.1, 3], [2, 3]),
    root_quat: f32([0.5, -0.5, 0.5, 0.5, 0, 0, 0, -1], [2, 4]),
    root_lin_vel: f32([1, 2, 3, -1, 0.5, 0], [2, 3]),
    root_ang_vel: f32([4, 5, 6, 0.5, -3, 2], [2, 3]),
  };
  await humanoid.setState!({ entities: { torso: given } }, { envs: Int32Array.of(1, 0) });
  const read = (await humanoid.getState!({ envs: Int32Array.of(1, 0) })).entities.torso!;
  for (const [key, { data }] of Object.entries(given))
    data.forEach((value, i) =>
      expect(Number(read[key]!.data[i]), `${key}[${i}]`).toBeCloseTo(Number(value), 5),
    );
});

test.each([
  { solver: 'mujoco', model: 'nv_ant.xml', envs: 2 },
  { solver: 'mujoco_cpu', model: 'nv_ant.xml', envs: 1, control: 'effort' },
  { solver: 'featherstone', model: 'nv_ant.xml', envs: 2, substeps: 100 },
  { solver: 'xpbd', model: 'nv_ant.xml', envs: 2, substeps: 10 },
])('$solver keeps the adapter’s contract', ({ model, ...config }) => {
  const given = { ...config, model: newtonAsset(python, model), device: 'cpu' };
  expect(checkAdapter(python, 'newton', 'newton_adapter:NewtonAdapter', given)).toContain(
    'the contract holds',
  );
});

test.each(['actuators', 'position'])('the demo’s arm goes where it is told to by %s', async (control) => {
  await using robot = await openEngine('newton', transport, { model: arm, solver: 'mujoco_cpu', control });
  const { joint_names: names } = robot.spec.entities.arm_base!;
  await robot.reset();
  const targets = f32([0.5, -0.3, 0.4, 0.2, -0.2, 0.3, 0.02, 0.02], [1, 8]);
  for (let step = 0; step < 120; step++) await robot.step(targets);
  const { joint_pos: reached } = (await robot.getState!()).entities.arm_base!;
  names.forEach((name, i) => expect(Number(reached!.data[i]), name).toBeCloseTo(Number(targets.data[i]), 2));
});

async function recordAndReplay(plant: object): Promise<RunSummary> {
  await using pipeline = await openPipeline({
    version: 1,
    simulators: {
      plant: { use: 'newton', python: 'managed', device: 'cpu', envs: 2, noise: 0.1, ...plant },
      view: { use: 'mujoco', model: 'from plant' },
    },
    run: {
      simulator: 'plant',
      controller: { use: 'sine', amplitude: 0.8, frequency: 0.7 },
      episodes: 2,
      steps: 40,
      seed: 3,
      replay: 'view',
      tolerance: { position: 1e-5, rotation: 1e-5 },
      folder,
    },
  });
  return await pipeline.run();
}

test.each([
  { file: 'ant.usda', plant: {}, bodies: 9 },
  { file: 'nv_humanoid.xml', plant: { at: [0, 0, 1.35] }, bodies: 13 },
  {
    file: 'quadruped.urdf',
    plant: { at: [0, 0, 0.7], floating: true, stiffness: 50, damping: 2, control: 'position' },
    bodies: 13,
  },
])('$file is where it was when it is replayed here', async ({ file, plant, bodies }) => {
  const { reason, replay } = await recordAndReplay({ ...plant, model: newtonAsset(python, file) });
  expect(reason).toBe('finished');
  expect(replay!.unmatched).toEqual([]);
  expect(replay!.bodies).toHaveLength(bodies);
});

test.each([
  { config: { joints: ['elbo'] }, code: 'CONFIG_INVALID', message: "'elbo' is no joint of the model" },
  { config: { solver: 'mujoco_cpu', envs: 2 }, code: 'CONFIG_INVALID', message: 'steps one world, not 2' },
  { config: { solverArgs: { nonsense: 1 } }, code: 'CONFIG_INVALID', message: 'nonsense' },
])('$config is refused by name', async ({ config, code, message }) => {
  await expect(openEngine('newton', transport, { model: arm, ...config })).rejects.toMatchObject({
    code,
    message: expect.stringContaining(message),
  });
});
