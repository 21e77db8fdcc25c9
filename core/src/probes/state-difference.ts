import { toNumbers, type Tensor } from '../model/tensor.ts';
import type { WorldState } from '../model/world-state.ts';

/** The largest difference between two states, and where it is. */
export interface StateDifference {
  readonly figure: number;
  /** `entity.key[i]`; `''` when they are equal. */
  readonly where: string;
}

/**
 * Compares every array of `expected` with the same one of `actual`; a quaternion and its negative are equal. What is missing,
 * of another size or not a number is infinitely far.
 */
export function differenceOfStates(expected: WorldState, actual: WorldState): StateDifference {
  let worst: StateDifference = { figure: 0, where: '' };
  for (const [entity, arrays] of Object.entries(expected.entities)) {
    for (const [key, tensor] of Object.entries(arrays)) {
      if (!tensor) continue;
      const other = actual.entities[entity]?.[key];
      const found = other ? differenceOfTensors(tensor, other, key) : { figure: Infinity, at: 0 };
      if (found.figure > worst.figure)
        worst = { figure: found.figure, where: `${entity}.${key}[${found.at}]` };
    }
  }
  return worst;
}

/** The largest difference of two arrays' numbers and its place; keys that end in `quat` hold quaternions. */
export function differenceOfTensors(a: Tensor, b: Tensor, key = ''): { figure: number; at: number } {
  const [left, right] = [toNumbers(a), toNumbers(b)];
  if (left.length !== right.length) return { figure: Infinity, at: 0 };
  const quaternions = key.endsWith('quat');
  let worst = { figure: 0, at: 0 };
  for (let i = 0; i < left.length; i++) {
    const sign = quaternions ? signBetween(left, right, i - (i % 4)) : 1;
    const difference = left[i] === right[i] ? 0 : Math.abs(left[i]! - sign * right[i]!);
    const figure = Number.isNaN(difference) ? Infinity : difference;
    if (figure > worst.figure) worst = { figure, at: i };
  }
  return worst;
}

function signBetween(a: Float64Array, b: Float64Array, at: number): number {
  let dot = 0;
  for (let i = at; i < at + 4; i++) dot += a[i]! * b[i]!;
  return dot < 0 ? -1 : 1;
}
