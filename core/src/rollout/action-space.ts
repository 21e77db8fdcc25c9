import { FarsimError } from '../model/errors.ts';
import type { Action } from '../model/frame.ts';
import { elementCount, viewElements, itemSize, type Tensor, type TypedArray } from '../model/tensor.ts';
import { buildTree } from '../model/tree.ts';
import type { Space, WorldSpec } from '../model/world-spec.ts';

/** One number of an action: its place, its bounds (infinite where the space has none) and whether it is a whole number. */
export interface ActionElement {
  /** Path of the leaf in the action, `''` for a plain box. */
  readonly leaf: string;
  /** Place in the leaf's row. */
  readonly index: number;
  readonly low: number;
  readonly high: number;
  readonly whole: boolean;
}

/** Every number of one env's action, leaf after leaf. Throws UNSUPPORTED for half-precision actions. */
export function actionElements(spec: WorldSpec): ActionElement[] {
  return Object.keys(spec.actions)
    .toSorted()
    .flatMap((leaf) => {
      const space = spec.actions[leaf]!;
      if (space.dtype === 'f16')
        throw new FarsimError('UNSUPPORTED', `action '${leaf}' is f16, which no controller here makes`);
      const whole = space.dtype !== 'f32' && space.dtype !== 'f64';
      return Array.from({ length: elementCount(space.shape) }, (_, index) => ({
        leaf,
        index,
        ...boundsOf(space, index),
        whole,
      }));
    });
}

/** Builds the action of `rows` envs from `value(row, i)`, i counting {@link actionElements}. */
export function buildAction(
  spec: WorldSpec,
  rows: number,
  value: (row: number, element: number) => number,
): Action {
  let first = 0;
  const leaves = Object.keys(spec.actions)
    .toSorted()
    .map((leaf): [string, Tensor] => {
      const space = spec.actions[leaf]!;
      const length = elementCount(space.shape);
      const data = viewElements(
        space.dtype,
        new ArrayBuffer(rows * length * itemSize(space.dtype)),
        0,
        rows * length * itemSize(space.dtype),
      );
      for (let row = 0; row < rows; row++) {
        for (let i = 0; i < length; i++) setElement(data, row * length + i, value(row, first + i));
      }
      first += length;
      return [leaf, { dtype: space.dtype, shape: [rows, ...space.shape], data }];
    });
  return buildTree(leaves);
}

/** Places in an action by name: terms, and joints of terms (`joint` or `entity/joint`). */
export function namedElements(spec: WorldSpec): ReadonlyMap<string, readonly number[]> {
  const places = new Map<string, number[]>();
  let first = 0;
  for (const leaf of Object.keys(spec.actions).toSorted()) {
    const space = spec.actions[leaf]!;
    for (const term of space.terms ?? []) {
      const range = Array.from({ length: term.to - term.from }, (_, i) => first + term.from + i);
      places.set(term.name, range);
      term.joints?.forEach((joint, i) => {
        if (range[i] === undefined) return;
        if (!places.has(joint)) places.set(joint, [range[i]]);
        if (term.entity !== undefined) places.set(`${term.entity}/${joint}`, [range[i]]);
      });
    }
    first += elementCount(space.shape);
  }
  return places;
}

/** The value inside the element's bounds that is nearest to `value`. */
export function clampTo({ low, high, whole }: ActionElement, value: number): number {
  const clamped = Math.min(high, Math.max(low, value));
  return whole ? Math.round(clamped) : clamped;
}

function boundsOf({ low, high, n, start = 0, dtype }: Space, index: number): { low: number; high: number } {
  if (n !== undefined) return { low: start, high: start + n - 1 };
  if (dtype === 'bool') return { low: 0, high: 1 };
  const at = (bound: number | readonly number[] | undefined): number | undefined =>
    typeof bound === 'object' ? bound[index] : bound;
  const lower = at(low);
  const upper = at(high);
  return {
    low: isBound(lower) ? lower : -Infinity,
    high: isBound(upper) ? upper : Infinity,
  };
}

/** The largest double stands for an infinite bound among finite ones, which JSON cannot hold. */
function isBound(value: number | undefined): value is number {
  return typeof value === 'number' && Math.abs(value) < Number.MAX_VALUE;
}

function setElement(data: TypedArray, index: number, value: number): void {
  if (data instanceof BigInt64Array) data[index] = BigInt(Math.round(value));
  else data[index] = value;
}
