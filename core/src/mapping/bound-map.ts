import { createHash } from 'node:crypto';
import type { MapSummary, PairSummary } from '../model/map-summary.ts';
import type { EntitySpec } from '../model/world-spec.ts';
import type { RobotMap } from './robot-map.ts';

/**
 * Two sides' entities paired by a map: `from` is the side whose names states have, `to` the one that they are put into.
 * Everything that a transfer needs is worked out here, once.
 */
export interface BoundMap {
  /** What the map is called. */
  readonly name: string;
  readonly pairs: readonly EntityPair[];
  /** What the map says of actions, for these sides. */
  readonly actions: RobotMap['actions'];
  /** Entities of `from` that `to` has not, and those of `to` that nothing moves. */
  readonly lost: readonly string[];
  readonly still: readonly string[];
  /** What the two sides do not share, one sentence each. */
  readonly remarks: readonly string[];
}

export interface EntityPair {
  readonly from: string;
  readonly to: string;
  readonly fromSpec: EntitySpec;
  readonly toSpec: EntitySpec;
  /** How the joints of `to` come from those of `from`, and back. */
  readonly there: JointRows;
  readonly back: JointRows;
  /** For each body of `to` its row in `from`, else −1, and the other way round. */
  readonly bodiesThere: Int32Array;
  readonly bodiesBack: Int32Array;
  /** The two root poses are of the same body. */
  readonly sameRoot: boolean;
}

/** How one side's joints come from the other's: position = gain × source + shift, velocity = gain × source. */
export interface JointRows {
  /** For each joint the other side's row, −1 where it has none: the position is then `shift`, the velocity 0. */
  readonly source: Int32Array;
  readonly gain: Float64Array;
  readonly shift: Float64Array;
  readonly followers: readonly Follower[];
  /** Nothing changes: arrays go through as they are. */
  readonly identity: boolean;
}

/** The joint at `row` goes with the one at `leader`: q = shift + polynomial(q of the leader − leaderRest). */
export interface Follower {
  readonly row: number;
  readonly leader: number;
  readonly leaderRest: number;
  readonly shift: number;
  readonly coefficients: readonly number[];
}

/** What a run keeps of a map. */
export function summarizeMap({ name, pairs, lost, remarks }: BoundMap): MapSummary {
  const entities = Object.fromEntries(pairs.map((pair) => [pair.from, summarizePair(pair)]));
  const hash = createHash('sha256').update(JSON.stringify(entities)).digest('hex');
  return { name, hash, entities, remarks: [...lost.map(notInModel), ...remarks] };
}

/** Begins what is said of an entity that the model lacks: that it is not shown, or how else. */
export function notInModel(entity: string): string {
  return `'${entity}' is not in the model`;
}

function summarizePair({ to, toSpec, there, bodiesThere }: EntityPair): PairSummary {
  const { joint_names: names } = toSpec;
  const turned = names.flatMap((joint, row) => {
    const [gain, shift] = [there.gain[row]!, there.shift[row]!];
    return there.source[row]! < 0 || (gain === 1 && shift === 0) ? [] : [[joint, [gain, shift]] as const];
  });
  const follow = there.followers.map(({ row, leader }) => [names[row]!, names[leader]!] as const);
  return {
    to,
    joints: [...there.source],
    bodies: [...bodiesThere],
    ...(turned.length > 0 && { turned: Object.fromEntries(turned) }),
    ...(follow.length > 0 && { follow: Object.fromEntries(follow) }),
  };
}
