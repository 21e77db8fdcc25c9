import { describe, expect, test } from 'vitest';
import type { Tensor } from '../src/model/tensor.ts';
import { createKeyframesController } from '../src/rollout/keyframes-controller.ts';
import { createRandomController } from '../src/rollout/random-controller.ts';
import { createSineController } from '../src/rollout/sine-controller.ts';
import { createZeroController } from '../src/rollout/zero-controller.ts';
import { controlledFrame, controlledSpec, controllerContract } from '../src/testing/controller-contract.ts';

const keyframes = [
  { time: 0, values: { shoulder: -1, elbow: 1 } },
  { time: 0.5, values: { shoulder: 0.5 } },
  { time: 1, values: { elbow: 1.5 } },
];

const controllers = {
  zero: async () => createZeroController(),
  random: async () => createRandomController({ seed: 7 }),
  sine: async () => createSineController({ amplitude: 1, frequency: 2 }),
  keyframes: async () => createKeyframesController(keyframes),
};

for (const [name, open] of Object.entries(controllers)) {
  describe(`${name} keeps a controller's contract`, () => {
    for (const { fact, check } of controllerContract(open)) test(fact, check);
  });
}

const armAt = async (
  controller: ReturnType<typeof createKeyframesController>,
  time: number,
): Promise<number[]> => {
  const action = await controller.act({
    ...controlledFrame(0),
    time: new Float64Array(controlledSpec.num_envs).fill(time),
  });
  return Array.from((action as { arm: Tensor }).arm.data as Float32Array).slice(0, 2);
};

test('random – draws different numbers for different seeds, and says once that bounds are missing', async () => {
  const lines: string[] = [];
  const [one, two] = [1, 2].map((seed) => createRandomController({ seed, log: (line) => lines.push(line) }));
  await one!.begin!(controlledSpec, 0);
  await one!.begin!(controlledSpec, 1);
  await two!.begin!(controlledSpec, 0);
  expect(await one!.act(controlledFrame(0))).not.toEqual(await two!.act(controlledFrame(0)));
  expect(lines).toHaveLength(2);
});

test('random – an infinite bound among finite ones is none', async () => {
  const low = [-2, -Number.MAX_VALUE];
  const high = [2, Number.MAX_VALUE];
  const spec = { ...controlledSpec, actions: { '': { dtype: 'f32', shape: [2], low, high } } } as const;
  const controller = createRandomController({ seed: 3 });
  await controller.begin!(spec, 0);
  const { data } = (await controller.act(controlledFrame(0))) as Tensor;
  const [bounded, open] = Array.from(data as Float32Array);
  expect(Math.abs(bounded!)).toBeLessThanOrEqual(2);
  expect(Math.abs(open!)).toBeLessThanOrEqual(1);
});

test('random – every choice of a discrete action comes up', async () => {
  const controller = createRandomController({ seed: 3 });
  await controller.begin!(controlledSpec, 0);
  const seen = new Set<bigint>();
  for (let i = 0; i < 100; i++) {
    const action = (await controller.act(controlledFrame(i))) as { tool: Tensor };
    for (const choice of action.tool.data as BigInt64Array) seen.add(choice);
  }
  expect([...seen].toSorted((a, b) => Number(a - b))).toEqual([2n, 3n, 4n, 5n]);
});

test('keyframes – goes straight between the frames that name an actuator, and stays at its last', async () => {
  const controller = createKeyframesController(keyframes);
  await controller.begin!(controlledSpec, 0);
  expect(await armAt(controller, 0)).toEqual([-1, 1]);
  expect(await armAt(controller, 0.25)).toEqual([-0.25, 1.125]);
  expect(await armAt(controller, 9)).toEqual([0.5, 1.5]);
});

test('keyframes – a name that the action has not is refused with the one that is near', async () => {
  const controller = createKeyframesController([{ time: 0, values: { sholder: 1 } }]);
  await expect(controller.begin!(controlledSpec, 0)).rejects.toMatchObject({
    code: 'BAD_ARGUMENT',
    suggestions: ["did you mean 'shoulder'?"],
  });
});

test('keyframes – a list of the wrong length is refused with both lengths', async () => {
  const controller = createKeyframesController([{ time: 0, values: [1, 2] }]);
  await expect(controller.begin!(controlledSpec, 0)).rejects.toThrow(/2 numbers; an action has 9/);
});
