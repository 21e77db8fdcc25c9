import assert from 'node:assert/strict';
import type { Action, FinalRows, Frame, Image, Info } from '../model/frame.ts';
import type { Tensor } from '../model/tensor.ts';
import { tensorsEqual } from '../model/tensor.ts';
import { flattenTree, type Tree } from '../model/tree.ts';
import type { WorldState } from '../model/world-state.ts';
import { stateTensors } from '../session/wire/state-tensors.ts';

/** Throws when two frames differ in any bit, dtype, shape, name or in what is absent; `where` begins the message. */
export function assertSameFrame(actual: Frame, expected: Frame, where: string): void {
  for (const key of ['envs', 'tick', 'time', 'episode', 'terminated', 'truncated'] as const) {
    assert.deepEqual(actual[key], expected[key], `${where}: ${key}`);
  }
  assertSameTensor(actual.reward, expected.reward, `${where}: reward`);
  assertSameTree(actual.observations, expected.observations, `${where}: observations`);
  assertSameInfo(actual.info, expected.info, `${where}: info`);
  assertSameState(actual.state, expected.state, `${where}: state`);
  assert.deepEqual(actual.images?.map(plainImage), expected.images?.map(plainImage), `${where}: images`);
  assertSameFinal(actual.final, expected.final, `${where}: final`);
  assert.deepEqual(actual.timing, expected.timing, `${where}: timing`);
  assert.deepEqual(plainLedger(actual), plainLedger(expected), `${where}: ledger`);
}

/** Throws when two actions differ. */
export function assertSameAction(
  actual: Action | undefined,
  expected: Action | undefined,
  where: string,
): void {
  assert.equal(
    actual === undefined,
    expected === undefined,
    `${where}: one has an action, the other has none`,
  );
  if (actual && expected) assertSameTree(actual, expected, where);
}

function assertSameFinal(
  actual: FinalRows | undefined,
  expected: FinalRows | undefined,
  where: string,
): void {
  assert.equal(actual === undefined, expected === undefined, `${where}: one is absent`);
  if (!actual || !expected) return;
  assert.deepEqual(
    [actual.envs, actual.tick, actual.episode],
    [expected.envs, expected.tick, expected.episode],
    where,
  );
  assert.equal(
    actual.observations === undefined,
    expected.observations === undefined,
    `${where}: observations`,
  );
  if (actual.observations && expected.observations)
    assertSameTree(actual.observations, expected.observations, where);
  assertSameState(actual.state, expected.state, `${where} state`);
  assert.equal(actual.info === undefined, expected.info === undefined, `${where}: info`);
  if (actual.info && expected.info) assertSameInfo(actual.info, expected.info, `${where} info`);
}

function assertSameInfo(actual: Info, expected: Info, where: string): void {
  assert.deepEqual(actual.values, expected.values, `${where} values`);
  assert.equal(actual.arrays === undefined, expected.arrays === undefined, `${where}: arrays`);
  if (actual.arrays && expected.arrays) assertSameTree(actual.arrays, expected.arrays, where);
}

function assertSameState(
  actual: WorldState | undefined,
  expected: WorldState | undefined,
  where: string,
): void {
  assert.equal(actual === undefined, expected === undefined, `${where}: one is absent`);
  if (!actual || !expected) return;
  const [left, right] = [stateTensors(actual), stateTensors(expected)];
  assertSameLeaves(
    left.map(({ name, tensor }) => [name, tensor]),
    right.map(({ name, tensor }) => [name, tensor]),
    where,
  );
}

function assertSameTree(actual: Tree<Tensor>, expected: Tree<Tensor>, where: string): void {
  assertSameLeaves(flattenTree('', actual), flattenTree('', expected), where);
}

type Leaves = readonly (readonly [name: string, tensor: Tensor])[];

function assertSameLeaves(actual: Leaves, expected: Leaves, where: string): void {
  const names = (leaves: Leaves): string[] => leaves.map(([name]) => name);
  assert.deepEqual(names(actual), names(expected), `${where}: names`);
  actual.forEach(([name, tensor], i) => assertSameTensor(tensor, expected[i]![1], `${where} '${name}'`));
}

function assertSameTensor(actual: Tensor, expected: Tensor, where: string): void {
  assert.ok(
    tensorsEqual(actual, expected),
    `${where}: ${actual.dtype}[${actual.shape.join()}] ${actual.data.join()} is not ${expected.dtype}[${expected.shape.join()}] ${expected.data.join()}`,
  );
}

function plainImage({ camera, env, encoding, width, height, data }: Image): object {
  return { camera, env, encoding, width, height, data: Buffer.from(data).toString('hex') };
}

function plainLedger({ ledger }: Frame): object | undefined {
  return (
    ledger && { index: ledger.index, op: ledger.op, request: [...ledger.request], reply: [...ledger.reply] }
  );
}
