import { FarsimError, didYouMean } from '../model/errors.ts';
import type { Tensor } from '../model/tensor.ts';
import type { EntityState, WorldState } from '../model/world-state.ts';
import type { BoundMap, EntityPair, JointRows } from './bound-map.ts';
import { moveJoints } from './move-joints.ts';

type Numbers = Float32Array | Float64Array;

/**
 * Puts a state of `from` into the names, orders and signs of `to`. Root poses, velocities and arrays that nothing changes
 * are passed on, not copied; others are new, in the source's dtype; a row of 30 joints costs about 3 µs. Throws BAD_STATE for an entity that `from` has not, an
 * array of another width, and a quaternion whose norm is outside [0.9, 1.1].
 */
export function transferState(map: BoundMap, state: WorldState): WorldState {
  return transfer(state, map, (pair) => [pair.from, pair.to, pair.there, pair.bodiesThere] as const);
}

/** The way back: a state of `to` under `from`'s names. Body poses have the order of the presented entities. */
export function transferBack(map: BoundMap, state: WorldState): WorldState {
  return transfer(state, map, (pair) => [pair.to, pair.from, pair.back, shownBodies(pair)] as const);
}

/** For each body of `from` that `to` has, in `from`'s order, its row in `to`. */
export function shownBodies({ bodiesBack }: EntityPair): Int32Array {
  return bodiesBack.filter((row) => row >= 0);
}

type Way = readonly [here: string, there: string, joints: JointRows, bodies: Int32Array];

function transfer(
  state: WorldState,
  { pairs, lost, still }: BoundMap,
  wayOf: (pair: EntityPair) => Way,
): WorldState {
  const entities: Record<string, EntityState> = {};
  let known = 0;
  for (const pair of pairs) {
    const [here, there, joints, bodies] = wayOf(pair);
    const arrays = state.entities[here];
    if (!arrays) continue;
    known++;
    entities[there] = transferEntity(here, arrays, pair, joints, bodies);
  }
  if (known < Object.keys(state.entities).length) requireKnown(state, pairs, [...lost, ...still], wayOf);
  return { ...state, entities };
}

function requireKnown(
  state: WorldState,
  pairs: readonly EntityPair[],
  others: readonly string[],
  wayOf: (pair: EntityPair) => Way,
): void {
  const known = [...pairs.map((pair) => wayOf(pair)[0]), ...others];
  const unknown = Object.keys(state.entities).find((name) => !known.includes(name));
  if (unknown === undefined) return;
  throw new FarsimError(
    'BAD_STATE',
    `'${unknown}' is no entity that the map knows (${known.join(', ') || 'it has none'})`,
    {
      suggestions: didYouMean(unknown, known),
    },
  );
}

function transferEntity(
  name: string,
  arrays: EntityState,
  pair: EntityPair,
  joints: JointRows,
  bodies: Int32Array,
): EntityState {
  const moved: Record<string, Tensor> = {};
  for (const key in arrays) {
    const tensor = arrays[key];
    if (!tensor) continue;
    if (key === 'joint_pos' || key === 'joint_pos_target')
      moved[key] = joints.identity ? tensor : moveJoints(name, key, tensor, joints, true, pair);
    else if (key === 'joint_vel')
      moved[key] = joints.identity
        ? tensor
        : moveJoints(name, key, tensor, joints, false, pair, arrays.joint_pos);
    else if (key === 'body_pos' || key === 'body_quat') {
      if (!bodies.includes(-1)) moved[key] = pickBodies(tensor, bodies);
    } else if (key.startsWith('root_')) {
      if (key === 'root_quat') requireRotations(name, tensor);
      if (pair.sameRoot) moved[key] = tensor;
    } else moved[key] = tensor;
  }
  return moved;
}

function pickBodies(tensor: Tensor, bodies: Int32Array): Tensor {
  const { dtype, shape, data } = tensor;
  const [rows, count, width] = shape as [number, number, number];
  if (count === bodies.length && bodies.every((from, row) => from === row)) return tensor;
  const picked =
    dtype === 'f32'
      ? new Float32Array(rows * bodies.length * width)
      : new Float64Array(rows * bodies.length * width);
  for (let row = 0; row < rows; row++) {
    bodies.forEach((body, b) => {
      const start = (row * count + body) * width;
      picked.set((data as Numbers).subarray(start, start + width), (row * bodies.length + b) * width);
    });
  }
  return { dtype, shape: [rows, bodies.length, width], data: picked };
}

function requireRotations(entity: string, { data }: Tensor): void {
  const quats = data as Numbers;
  for (let i = 0; i < quats.length; i += 4) {
    const norm = Math.hypot(quats[i]!, quats[i + 1]!, quats[i + 2]!, quats[i + 3]!);
    if (!(norm >= 0.9 && norm <= 1.1))
      throw new FarsimError(
        'BAD_STATE',
        `${entity}.root_quat[${i / 4}] has the norm ${norm.toPrecision(4)}; a rotation has 1`,
      );
  }
}
