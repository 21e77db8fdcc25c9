import type { Quaternion } from '../model/rotation.ts';
import { toNumbers, type Tensor, type TypedArray } from '../model/tensor.ts';
import type { EntityState, WorldState } from '../model/world-state.ts';

/** The tensor with each row of numbers changed, in its own dtype. `f16` is not among those that states are set in. */
export function mapRows(
  tensor: Tensor,
  change: (values: readonly number[], row: number) => readonly number[],
): Tensor {
  const numbers = toNumbers(tensor);
  const width = tensor.shape.at(-1) ?? 1;
  const data = tensor.data.slice() as Exclude<TypedArray, BigInt64Array>;
  for (let row = 0; row < numbers.length / width; row++) {
    const values = Array.from(numbers.subarray(row * width, (row + 1) * width));
    data.set(change(values, row), row * width);
  }
  return { dtype: tensor.dtype, shape: tensor.shape, data };
}

/** Row `row` of an array `[K, n]`, or of body `body` in one of `[K, B, n]`. */
export function vectorOf(tensor: Tensor, row: number, body?: number): readonly number[] {
  const width = tensor.shape.at(-1)!;
  const place = body === undefined ? row : row * tensor.shape[1]! + body;
  return Array.from(tensor.data.subarray(place * width, (place + 1) * width) as Float64Array, Number);
}

export function quaternionOf(tensor: Tensor, row: number, body?: number): Quaternion {
  return vectorOf(tensor, row, body) as unknown as Quaternion;
}

/** The state with each named entity's arrays changed; other entities are left out. */
export function mapEntities(
  { entities }: WorldState,
  names: readonly string[],
  change: (arrays: EntityState, name: string) => EntityState,
): WorldState {
  return { entities: Object.fromEntries(names.map((name) => [name, change(entities[name] ?? {}, name)])) };
}

/** A copy that shares no memory with the state. */
export function copyState(state: WorldState): WorldState {
  return mapEntities(state, Object.keys(state.entities), (arrays) =>
    Object.fromEntries(
      Object.entries(arrays).map(([key, tensor]) => [
        key,
        tensor && ({ ...tensor, data: tensor.data.slice() } as Tensor),
      ]),
    ),
  );
}
