import assert from 'node:assert/strict';
import type { ErrorCode } from '../model/error-codes.ts';
import { isFarsimError } from '../model/errors.ts';
import type { Frame } from '../model/frame.ts';
import { tensorBytes, type Tensor } from '../model/tensor.ts';
import { flattenTree } from '../model/tree.ts';
import type { Capability } from '../model/world-spec.ts';
import type { WorldState } from '../model/world-state.ts';
import type { Simulator } from '../ports/simulator.ts';
import type { ContractRule, RuleAnswer } from './contract.ts';

/** Makes a rule that is checked on a simulator of its own. */
export type Rule = (fact: string, run: (simulator: Simulator) => Promise<RuleAnswer>) => ContractRule;

export function can(simulator: Simulator, capability: Capability): boolean {
  return simulator.spec.capabilities.includes(capability);
}

export async function assertCode(call: () => Promise<unknown>, code: ErrorCode): Promise<void> {
  let thrown: unknown;
  try {
    await call();
  } catch (error) {
    thrown = error;
  }
  assert.ok(
    isFarsimError(thrown),
    `must throw ${code}, ${thrown === undefined ? 'threw nothing' : `threw ${(thrown as Error).message}`}`,
  );
  assert.equal(thrown.code, code, thrown.message);
}

export function* arraysOf(state: WorldState): Generator<[entity: string, key: string, tensor: Tensor]> {
  for (const [entity, arrays] of Object.entries(state.entities)) {
    for (const [key, tensor] of Object.entries(arrays)) if (tensor) yield [entity, key, tensor];
  }
}

export function numbers(tensor: Tensor): number[] {
  return Array.from(tensor.data as ArrayLike<number>, Number);
}

export function bytesOfFrame(frame: Frame): Buffer {
  const state = frame.state ? [...arraysOf(frame.state)].map(([, , tensor]) => tensorBytes(tensor)) : [];
  return Buffer.concat([bytesOfOutcome(frame), ...state]);
}

export function bytesOfOutcome(frame: Frame): Buffer {
  const observations = flattenTree('obs', frame.observations).map(([, tensor]) => tensorBytes(tensor));
  return Buffer.concat([
    ...observations,
    tensorBytes(frame.reward),
    frame.terminated,
    frame.truncated,
    Buffer.from(frame.tick.join()),
  ]);
}
