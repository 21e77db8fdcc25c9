import { expect, test } from 'vitest';
import type { Frame } from '../src/model/frame.ts';
import { f64 } from '../src/model/tensor.ts';
import { createDivergence } from '../src/rollout/divergence.ts';
import { PoseResidual } from '../src/mapping/pose-residual.ts';
import { createCounter } from '../src/simulators/counter.ts';
import { planarArmSpec } from '../src/testing/planar-arm.ts';

/** A frame of the counter's envs, each at its number. */
function at(envs: readonly number[], positions: readonly number[]): Frame {
  return {
    envs: Int32Array.from(envs),
    tick: Uint32Array.from(envs, () => 1),
    time: Float64Array.from(envs, () => 0.1),
    state: { entities: { counter: { joint_pos: f64(positions, [envs.length, 1]) } } },
  } as unknown as Frame;
}

test('histories are compared env by env, whichever rows each frame holds', () => {
  const { spec } = createCounter({ envs: 3 });
  const divergence = createDivergence();
  divergence.begin(spec, spec);
  divergence.compare(at([1, 2], [100, 200]), at([0, 1, 2], [0, 100, 200]));
  expect(divergence.report()).toMatchObject([{ max: 0, rms: 0 }]);
  divergence.compare(at([2, 0], [200, 5]), at([0, 1, 2], [0, 100, 200]));
  expect(divergence.report()).toMatchObject([{ max: 5 }]);
});

test('a joint that is no number is as far away as can be', () => {
  const { spec } = createCounter();
  const divergence = createDivergence();
  divergence.begin(spec, spec);
  divergence.compare(at([0], [1]), at([0], [NaN]));
  expect(divergence.report()).toMatchObject([{ max: Infinity }]);
});

test('a body that is no number is as far away as can be', () => {
  const spec = planarArmSpec();
  const entity = Object.keys(spec.entities)[0]!;
  const count = spec.entities[entity]!.body_names.length;
  const state = (x: number) => ({
    entities: {
      [entity]: {
        body_pos: f64(
          Array.from({ length: 3 * count }, () => x),
          [1, count, 3],
        ),
        body_quat: f64(
          Array.from({ length: 4 * count }, (_, i) => (i % 4 === 0 ? 1 : 0)),
          [1, count, 4],
        ),
      },
    },
  });
  const errors = new PoseResidual(spec, spec);
  errors.compare(state(0), state(0));
  errors.compare(state(NaN), state(0));
  expect(errors.report()[0]).toMatchObject({ position: Infinity, movingPosition: Infinity });
});
