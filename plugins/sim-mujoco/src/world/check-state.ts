import { FarsimError, didYouMean, type EntityState, type Tensor, type WorldState } from '@farsim/core';
import type { BoundEntity } from './bound-entity.ts';

/** Numbers of a state's array, row after row. */
export type StateNumbers = Float32Array | Float64Array;

/** Throws BAD_STATE unless every known array of every entity is finite, `f32` or `f64`, and `[rows, …]` as the schema says; quaternions have norms in [0.9, 1.1]. */
export function requireState(
  state: WorldState,
  rows: number,
  entities: ReadonlyMap<string, BoundEntity>,
): void {
  for (const [name, arrays] of Object.entries(state.entities)) {
    const entity = entities.get(name);
    if (entity) requireEntity(name, arrays, rows, entity);
    else {
      const known = [...entities.keys()];
      throw new FarsimError(
        'BAD_STATE',
        `'${name}' is no entity of the model (${known.join(', ') || 'it has none'})`,
        {
          suggestions: didYouMean(name, known),
        },
      );
    }
  }
}

function requireEntity(name: string, arrays: EntityState, rows: number, { spec, base }: BoundEntity): void {
  const count = spec.joint_names.length;
  const widths = {
    root_pos: 3,
    root_quat: 4,
    root_lin_vel: 3,
    root_ang_vel: 3,
    joint_pos: count,
    joint_vel: count,
  };
  for (const [key, width] of Object.entries(widths)) {
    const tensor = arrays[key];
    if (tensor) requireArray(`${name}.${key}`, tensor, rows, width, spec.joint_names);
  }
  if (arrays.root_quat) requireUnit(`${name}.root_quat`, arrays.root_quat);
  if (base.kind === 'mocap' && spec.joint_names.length > 0)
    throw new FarsimError('UNSUPPORTED', `'${name}' has joints on a mocap body`);
}

function requireArray(
  name: string,
  { dtype, shape, data }: Tensor,
  rows: number,
  width: number,
  joints: readonly string[],
): void {
  if (dtype !== 'f64' && dtype !== 'f32')
    throw new FarsimError('BAD_STATE', `${name} is ${dtype}; it must be f32 or f64`);
  if (shape.length !== 2 || shape[0] !== rows || shape[1] !== width) {
    const order = name.includes('.joint_') ? `: ${joints.join(', ')}` : '';
    throw new FarsimError(
      'BAD_STATE',
      `${name} is [${shape.join(', ')}]; it must be [${rows}, ${width}]${order}`,
    );
  }
  const numbers = data as StateNumbers;
  for (let i = 0; i < numbers.length; i++) {
    if (!Number.isFinite(numbers[i]!)) {
      throw new FarsimError('BAD_STATE', `${name}[${Math.floor(i / width)}, ${i % width}] is ${numbers[i]}`);
    }
  }
}

function requireUnit(name: string, { data }: Tensor): void {
  const quats = data as StateNumbers;
  for (let i = 0; i < quats.length; i += 4) {
    const norm = Math.hypot(quats[i]!, quats[i + 1]!, quats[i + 2]!, quats[i + 3]!);
    if (norm < 0.9 || norm > 1.1)
      throw new FarsimError(
        'BAD_STATE',
        `${name}[${i / 4}] has the norm ${norm.toPrecision(4)}; a rotation has 1`,
      );
  }
}
