import assert from 'node:assert/strict';
import type { Action, Frame } from '../model/frame.ts';
import {
  elementCount,
  itemSize,
  tensorsEqual,
  toNumbers,
  viewElements,
  type Dtype,
  type Tensor,
} from '../model/tensor.ts';
import { buildTree, flattenTree } from '../model/tree.ts';
import type { Space, WorldSpec } from '../model/world-spec.ts';
import type { Controller } from '../ports/controller.ts';
import { sampleSpec } from './sample-round.ts';
import type { ContractRule } from './contract.ts';

/** A world whose action has a bounded box, an unbounded one, a choice and a switch; two of the numbers have names. */
export const controlledSpec: WorldSpec = {
  ...sampleSpec,
  actions: {
    arm: {
      dtype: 'f32',
      shape: [3],
      low: [-1, 0.5, -2],
      high: [1, 1.5, -1],
      terms: [
        { name: 'shoulder', from: 0, to: 1, kind: 'joint_position' },
        { name: 'elbow', from: 1, to: 2, kind: 'joint_position' },
      ],
    },
    push: { dtype: 'f64', shape: [2, 2] },
    tool: { dtype: 'i64', shape: [], n: 4, start: 2 },
    grip: { dtype: 'bool', shape: [1] },
  },
};

/** The frame of a round's row, all envs at the same tick and all observations 0. */
export function controlledFrame(tick: number, spec: WorldSpec = controlledSpec): Frame {
  const envs = Int32Array.from({ length: spec.num_envs }, (_, env) => env);
  return {
    envs,
    tick: new Uint32Array(envs.length).fill(tick),
    time: new Float64Array(envs.length).fill(tick * spec.step_dt),
    episode: new Uint32Array(envs.length),
    observations: buildTree(
      Object.entries(spec.observations).map(([path, { dtype, shape }]) => [
        path,
        zeros(dtype, [envs.length, ...shape]),
      ]),
    ),
    reward: { dtype: 'f32', shape: [envs.length], data: new Float32Array(envs.length) },
    terminated: new Uint8Array(envs.length),
    truncated: new Uint8Array(envs.length),
    info: {},
  };
}

/** The rules of a controller, each checked on one that `open` gives anew. */
export function controllerContract(
  open: () => Promise<Controller>,
  spec: WorldSpec = controlledSpec,
): ContractRule[] {
  const actions = async (steps: number): Promise<Action[]> => {
    await using controller = await open();
    await controller.begin?.(spec, 0);
    const made: Action[] = [];
    for (let tick = 0; tick < steps; tick++)
      made.push(...[await controller.act(controlledFrame(tick, spec))].flat());
    return made as Action[];
  };
  return [
    {
      fact: 'an action has the names, types and shapes of the action space',
      check: async () => {
        for (const action of await actions(3)) {
          const leaves = flattenTree('', action).map(([path, leaf]) => [path.slice(1), leaf] as const);
          assert.deepEqual(
            leaves.map(([name]) => name),
            Object.keys(spec.actions).toSorted(),
          );
          for (const [name, { dtype, shape }] of leaves) {
            assert.equal(dtype, spec.actions[name]!.dtype, name);
            assert.deepEqual([...shape], [spec.num_envs, ...spec.actions[name]!.shape], name);
          }
        }
      },
    },
    {
      fact: 'every number is finite and between its bounds',
      check: async () => {
        for (const action of await actions(50)) {
          for (const [path, leaf] of flattenTree('', action)) {
            const space = spec.actions[path.slice(1)]!;
            const length = elementCount(space.shape);
            toNumbers(leaf).forEach((value, i) => {
              assert.ok(Number.isFinite(value), `${path} holds ${value}`);
              const [low, high] = bounds(space, i % length);
              assert.ok(
                value >= low && value <= high,
                `${path}[${i % length}] = ${value} is not in [${low}, ${high}]`,
              );
            });
          }
        }
      },
    },
    {
      fact: 'opened twice, it acts the same',
      check: async () => {
        const [first, second] = [await actions(5), await actions(5)];
        first.forEach((action, i) => assert.ok(sameAction(action, second[i]!), `action ${i} differs`));
      },
    },
    {
      fact: 'an action keeps its numbers when the next is made',
      check: async () => {
        await using controller = await open();
        await controller.begin?.(spec, 0);
        const [first] = [await controller.act(controlledFrame(1, spec))].flat() as Action[];
        const before = structuredClone(first!);
        for (let tick = 2; tick < 6; tick++) await controller.act(controlledFrame(tick, spec));
        assert.ok(sameAction(first!, before));
      },
    },
    {
      fact: 'closing twice is fine',
      check: async () => {
        const controller = await open();
        await controller[Symbol.asyncDispose]();
        await controller[Symbol.asyncDispose]();
      },
    },
  ];
}

function zeros(dtype: Dtype, shape: readonly number[]): Tensor {
  const bytes = elementCount(shape) * itemSize(dtype);
  return { dtype, shape, data: viewElements(dtype, new ArrayBuffer(bytes), 0, bytes) };
}

function bounds({ low, high, n, start = 0, dtype }: Space, index: number): [number, number] {
  if (n !== undefined) return [start, start + n - 1];
  if (dtype === 'bool') return [0, 1];
  const at = (bound: number | readonly number[] | undefined, open: number): number =>
    (typeof bound === 'object' ? bound[index] : bound) ?? open;
  return [at(low, -Infinity), at(high, Infinity)];
}

function sameAction(a: Action, b: Action): boolean {
  const [left, right] = [flattenTree('', a), flattenTree('', b)];
  return (
    left.length === right.length &&
    left.every(([path, leaf], i) => path === right[i]![0] && tensorsEqual(leaf, right[i]![1]))
  );
}
