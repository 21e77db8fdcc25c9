import path from 'node:path';
import { openPipeline, toNumbers, type Simulator } from '@farsim/core';
import { simulatorContract } from '@farsim/core/testing';
import { describe, expect, test } from 'vitest';
import { holdToContract } from './hold-to-contract.ts';

const python = process.env.FARSIM_TEST_PYTHON ?? 'python3';
const arm = path.join(import.meta.dirname, '../cli/demo/arm.xml');
const config = {
  version: 1,
  simulators: {
    plant: { use: 'mujoco-native', model: arm, python, envs: 2 },
    view: { use: 'mujoco', model: 'from plant' },
    seen: { use: 'mirrored', physics: 'plant', view: 'view' },
  },
};

/** The mirrored simulator; closing it closes the pipeline that it belongs to. */
async function open(): Promise<Simulator> {
  const pipeline = await openPipeline(config);
  const seen = pipeline.simulator('seen');
  return Object.assign(seen, { [Symbol.asyncDispose]: () => pipeline[Symbol.asyncDispose]() });
}

describe('a far simulator mirrored here', () => {
  test('is drawn where it is, at once after a step', async () => {
    await using pipeline = await openPipeline(config);
    const [seen, view] = [pipeline.simulator('seen'), pipeline.simulator('view')];
    await seen.reset({ seed: 1 });
    const action = { dtype: 'f64' as const, shape: [2, 8], data: new Float64Array(16).fill(0.03) };
    const [before] = await seen.render!({ camera: 'overview', width: 160, height: 120 });
    let frame = await seen.step(action);
    for (let step = 0; step < 30; step++) frame = await seen.step(action);
    const [after] = await seen.render!({ camera: 'overview', width: 160, height: 120 });
    expect(Buffer.compare(before!.data, after!.data)).not.toBe(0);
    const there = toNumbers(frame.state!.entities.arm_base!.joint_pos!).slice(0, 8);
    const here = toNumbers((await view.getState!()).entities.arm_base!.joint_pos!);
    expect(here).toEqual(there);
  });

  // the view shows one of the two envs, and the rule wants a picture of each
  holdToContract((opened) => simulatorContract(opened).filter(({ fact }) => !/picture/.test(fact)), open);
});
