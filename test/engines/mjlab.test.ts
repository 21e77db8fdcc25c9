import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { f32, openPipeline, type RemoteSimulator, type Tensor, type Transport } from '@farsim/core';
import { simulatorContract } from '@farsim/core/testing';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { holdToContract } from '../hold-to-contract.ts';
import { openLocalTransport } from '../open-far.ts';
import { checkAdapter, interpreterOf, openEngine, runInEngine } from './open-engine.ts';

const g1 = 'Mjlab-Velocity-Flat-Unitree-G1';
const folder = mkdtempSync(path.join(os.tmpdir(), 'farsim-mjlab-'));
let transport: Transport;
beforeAll(async () => {
  transport = await openLocalTransport();
});
afterAll(async () => {
  await transport[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true });
});

describe('a cartpole', () => {
  // kept for the next rule: an engine's start is most of the time
  const lease = { keep: 20 };
  const open = () => openEngine('mjlab', transport, { task: 'Mjlab-Cartpole-Balance', envs: 3, lease });
  holdToContract(simulatorContract, open);
});

describe('Unitree’s G1', () => {
  let robot: RemoteSimulator;
  let python: string;
  beforeAll(async () => {
    robot = await openEngine('mjlab', transport, { task: g1, envs: 3 });
    python = await interpreterOf(robot);
  });
  afterAll(() => robot[Symbol.asyncDispose]());

  test('is described with conventions that were probed and actions that are understood', () => {
    const { spec } = robot;
    expect(spec).toMatchObject({
      sim: 'mjlab',
      autoreset: 'same_step',
      native: {
        quat: { value: 'wxyz', known: 'probed' },
        velocity: { value: 'link origin, angular in body axes', known: 'probed' },
      },
    });
    const [term] = spec.actions['']!.terms!;
    expect(term).toMatchObject({ kind: 'joint_position', entity: 'robot', from: 0, to: 29 });
    expect(term!.joints).toEqual(spec.entities.robot!.joint_names);
  });

  test('goes where a state puts it, in its own env and by the velocity of its link', async () => {
    await robot.reset({ seed: 1 });
    const given: Record<string, Tensor> = {
      root_pos: f32([0.5, 0.2, 2, -0.5, 0.1, 3], [2, 3]),
      root_quat: f32([1, 0, 0, 0, 0, 0, 0, -1], [2, 4]),
      root_lin_vel: f32([1, 2, 3, -1, 0.5, 0], [2, 3]),
      root_ang_vel: f32([4, 5, 6, 0.5, -3, 2], [2, 3]),
    };
    const envs = Int32Array.of(2, 0);
    await robot.setState!({ entities: { robot: given } }, { envs });
    const read = (await robot.getState!({ envs })).entities.robot!;
    for (const [key, { data }] of Object.entries(given))
      data.forEach((value, i) =>
        expect(Number(read[key]!.data[i]), `${key}[${i}]`).toBeCloseTo(Number(value), 5),
      );
  });

  test('that falls is seen lying before it stands again', async () => {
    await robot.reset({ seed: 3 });
    const limp = f32(
      Array.from({ length: 3 * 29 }, (_, i) => (i % 2 === 0 ? 3 : -3)),
      [3, 29],
    );
    for (let step = 0; step < 200; step++) {
      const frame = await robot.step(limp, { want: { state: true } });
      if (!frame.final) continue;
      const [env] = frame.final.envs;
      const height = (state: typeof frame.state, row: number): number =>
        Number(state!.entities.robot!.root_pos!.data[row * 3 + 2]);
      expect(height(frame.state, env!) - height(frame.final.state, 0)).toBeGreaterThan(0.1);
      return;
    }
    throw new Error('nobody fell in 200 steps');
  });

  test('falls with bodies that randomisation gave places of their own where they are', () => {
    expect(runInEngine(python, ['check_endings.py'])).toContain('bodies are where they are');
  });

  test('keeps the adapter’s contract', () => {
    const said = checkAdapter(python, 'mjlab', 'mjl_adapter:MjlAdapter', {
      task: g1,
      envs: 3,
      device: 'cpu',
    });
    expect(said).toContain('the contract holds');
  });
});

test.each([
  { task: g1, bodies: 30 },
  { task: 'Mjlab-Velocity-Rough-Unitree-Go1', bodies: 13 },
  { task: 'Mjlab-Lift-Cube-Yam', bodies: 17 },
])('$task is where it was when it is replayed here', async ({ task, bodies }) => {
  await using pipeline = await openPipeline({
    version: 1,
    simulators: {
      plant: { use: 'mjlab', python: 'managed', device: 'cpu', envs: 2, task },
      view: { use: 'mujoco', model: 'from plant' },
    },
    run: {
      simulator: 'plant',
      controller: { use: 'random', seed: 1 },
      episodes: 2,
      steps: 40,
      replay: 'view',
      tolerance: { position: 1e-5, rotation: 1e-5 },
      folder,
    },
  });
  const { reason, replay } = await pipeline.run();
  expect(reason).toBe('finished');
  expect(replay).toMatchObject({ conventions: 'probed', unmatched: [] });
  expect(replay!.bodies).toHaveLength(bodies);
});
