import { multiplyQuaternions, type Quaternion } from '../model/rotation.ts';
import type { EntitySpec, WorldSpec } from '../model/world-spec.ts';
import type { EntityState, WorldState } from '../model/world-state.ts';
import { mapEntities, mapRows } from './edit-state.ts';

/** A turn about no axis of any frame, with four different components. */
export const crookedTurn: Quaternion = normalised([0.8, 0.36, -0.24, 0.42]);

const wideRange = 100;

/**
 * A state in which no two numbers agree, so that whatever is exchanged or mixed up shows: joints at different places within
 * their limits, floating roots lifted and turned, velocities all different. `variant` gives another such state.
 */
export function distinctState(
  spec: WorldSpec,
  state: WorldState,
  names: readonly string[],
  variant: number,
): WorldState {
  return mapEntities(state, names, (arrays, name) => {
    const entity = spec.entities[name]!;
    const joints = distinctJoints(entity, arrays, variant);
    return entity.fixed_base ? joints : { ...distinctRoot(arrays, variant), ...joints };
  });
}

function distinctJoints(
  entity: EntitySpec,
  { joint_pos: positions, joint_vel: speeds }: EntityState,
  variant: number,
): EntityState {
  return {
    ...(positions && {
      joint_pos: mapRows(positions, (values, row) =>
        values.map((value, joint) => placeOf(entity, joint, value, share(variant, row, joint))),
      ),
    }),
    ...(speeds && {
      joint_vel: mapRows(speeds, (values, row) =>
        values.map((_, joint) => 0.4 * share(variant, row, joint + 50)),
      ),
    }),
  };
}

function distinctRoot(arrays: EntityState, variant: number): EntityState {
  const lift = [0.13, -0.21, 0.8];
  return {
    ...(arrays.root_pos && {
      root_pos: mapRows(arrays.root_pos, (p, row) =>
        p.map((value, i) => value + lift[i]! * (1 + 0.1 * share(variant, row, i))),
      ),
    }),
    ...(arrays.root_quat && {
      root_quat: mapRows(arrays.root_quat, (q, row) =>
        normalised(
          multiplyQuaternions(crookedTurn, q as unknown as Quaternion).map(
            (value, i) => value + 0.2 * share(variant, row, i + 7),
          ),
        ),
      ),
    }),
    ...(arrays.root_lin_vel && {
      root_lin_vel: mapRows(arrays.root_lin_vel, (v, row) =>
        v.map((_, i) => 0.5 * share(variant, row, i + 20)),
      ),
    }),
    ...(arrays.root_ang_vel && {
      root_ang_vel: mapRows(arrays.root_ang_vel, (v, row) => v.map((_, i) => share(variant, row, i + 30))),
    }),
  };
}

/** Within the middle of the joint's limits, or near where it was. */
function placeOf(entity: EntitySpec, joint: number, value: number, part: number): number {
  const limits = entity.joint_limits[joint];
  const slide = entity.joint_types[joint] === 'slide';
  if (!limits || limits[1] - limits[0] > wideRange) return value + (slide ? 0.1 : 0.5) * part;
  const [low, high] = limits;
  return (low + high) / 2 + 0.35 * (high - low) * part;
}

/** From −1 to 1, another for each place: multiples of the golden ratio fill the range and never meet. */
function share(variant: number, row: number, place: number): number {
  const turns = 0.618033988749895 * (place + 1) + 0.414213562373095 * variant + 0.23606797749979 * row;
  return 2 * (turns - Math.floor(turns)) - 1;
}

function normalised(values: readonly number[]): Quaternion {
  const norm = Math.hypot(...values);
  return values.map((value) => value / norm) as unknown as Quaternion;
}
