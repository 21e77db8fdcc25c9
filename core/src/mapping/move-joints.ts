import { FarsimError } from '../model/errors.ts';
import type { Tensor } from '../model/tensor.ts';
import type { EntityPair, JointRows } from './bound-map.ts';

type Numbers = Float32Array | Float64Array;

/**
 * The joints of the other side, in the source's dtype: positions, or velocities with the `leaders`' positions, which the
 * slopes of followers need. Throws BAD_STATE for an array of another width.
 */
export function moveJoints(
  entity: string,
  key: string,
  { dtype, shape, data }: Tensor,
  { source, gain, shift, followers }: JointRows,
  positions: boolean,
  pair: EntityPair,
  leaders?: Tensor,
): Tensor {
  const width = shape[1]!;
  const names = entity === pair.from ? pair.fromSpec.joint_names : pair.toSpec.joint_names;
  if (shape.length !== 2 || width !== names.length || (dtype !== 'f64' && dtype !== 'f32'))
    throw new FarsimError(
      'BAD_STATE',
      `${entity}.${key} is ${dtype} [${shape.join(', ')}]; it must be f32 or f64 [rows, ${names.length}]: ${names.join(', ')}`,
    );
  const [rows, count] = [shape[0]!, source.length];
  const numbers = data as Numbers;
  const moved = dtype === 'f32' ? new Float32Array(rows * count) : new Float64Array(rows * count);
  for (let row = 0; row < rows; row++) {
    const at = row * count;
    for (let j = 0; j < count; j++) {
      const i = source[j]!;
      const own = i < 0 ? 0 : gain[j]! * numbers[row * width + i]!;
      moved[at + j] = positions ? own + shift[j]! : own;
    }
    for (const { row: j, leader, leaderRest, shift: rest, coefficients } of followers) {
      if (positions) {
        moved[at + j] = rest + polynomial(coefficients, moved[at + leader]! - leaderRest);
        continue;
      }
      const i = source[leader]!;
      const q = (leaders?.data as Numbers | undefined)?.[row * width + i];
      const x = q === undefined ? 0 : gain[leader]! * q + shift[leader]! - leaderRest;
      moved[at + j] = moved[at + leader]! * slope(coefficients, x);
    }
  }
  return { dtype, shape: [rows, count], data: moved };
}

function polynomial(c: readonly number[], x: number): number {
  let sum = 0;
  for (let k = c.length - 1; k >= 0; k--) sum = sum * x + c[k]!;
  return sum;
}

function slope(c: readonly number[], x: number): number {
  let sum = 0;
  for (let k = c.length - 1; k >= 1; k--) sum = sum * x + k * c[k]!;
  return sum;
}
