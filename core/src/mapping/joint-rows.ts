import { FarsimError } from '../model/errors.ts';
import type { EntitySpec } from '../model/world-spec.ts';
import type { Follower, JointRows } from './bound-map.ts';
import { lookUp } from './pair-names.ts';
import type { RobotMap } from './robot-map.ts';

/** How `to`'s joints come from `from`'s. `matches` has for each joint of `from` its row in `to`, or −1. */
export function jointRowsThere(
  entity: string,
  from: EntitySpec,
  to: EntitySpec,
  matches: Int32Array,
  map: RobotMap,
): JointRows {
  const rows = emptyRows(to);
  matches.forEach((row, i) => {
    if (row < 0) return;
    const name = from.joint_names[i]!;
    rows.source[row] = i;
    rows.gain[row] = (lookUp(map.sign, entity, name) ?? 1) * (lookUp(map.scale, entity, name) ?? 1);
    rows.shift[row] = lookUp(map.offset, entity, name) ?? 0;
  });
  const followers = to.joint_names.flatMap((joint, row) =>
    rows.source[row]! >= 0 ? [] : followerOf(entity, joint, row, to, rows, map),
  );
  return { ...rows, followers, identity: isIdentity(rows, from) };
}

/** The way back of {@link jointRowsThere}: what only `from` has stays at its rest. */
export function jointRowsBack(there: JointRows, from: EntitySpec, to: EntitySpec): JointRows {
  const rows = emptyRows(from);
  there.source.forEach((i, row) => {
    if (i < 0) return;
    rows.source[i] = row;
    rows.gain[i] = 1 / there.gain[row]!;
    // no −0, which would change a zero's bits on the way back
    rows.shift[i] = there.shift[row] === 0 ? 0 : -there.shift[row]! / there.gain[row]!;
  });
  return { ...rows, followers: [], identity: isIdentity(rows, to) };
}

/** Nothing has a source yet. */
function emptyRows(spec: EntitySpec): Pick<JointRows, 'source' | 'gain' | 'shift'> {
  const count = spec.joint_names.length;
  return {
    source: new Int32Array(count).fill(-1),
    gain: new Float64Array(count).fill(1),
    shift: Float64Array.from({ length: count }, (_, row) => spec.joint_rest?.[row] ?? 0),
  };
}

function isIdentity(
  { source, gain, shift }: Pick<JointRows, 'source' | 'gain' | 'shift'>,
  other: EntitySpec,
): boolean {
  return (
    source.length === other.joint_names.length &&
    source.every((i, row) => i === row && gain[row] === 1 && shift[row] === 0)
  );
}

function followerOf(
  entity: string,
  joint: string,
  row: number,
  to: EntitySpec,
  { source }: Pick<JointRows, 'source'>,
  map: RobotMap,
): Follower[] {
  const said = lookUp(map.mimic, entity, joint);
  if (said !== undefined) {
    const [name, coefficients] = typeof said === 'string' ? [said, [0, 1]] : [said.joint, said.coefficients];
    const leader = to.joint_names.indexOf(name);
    if (leader < 0 || source[leader]! < 0) {
      throw new FarsimError(
        'MAP_INVALID',
        `'${joint}' cannot follow '${name}': that is no joint of the model that a state moves (${to.joint_names.join(', ')})`,
      );
    }
    return [{ row, leader, leaderRest: 0, shift: 0, coefficients }];
  }
  for (const mimic of to.joint_mimics ?? []) {
    const leader = to.joint_names.indexOf(mimic.leader);
    if (mimic.joint !== joint || leader < 0 || source[leader]! < 0) continue;
    const rest = to.joint_rest ?? [];
    const { coefficients } = mimic;
    return [{ row, leader, leaderRest: rest[leader] ?? 0, shift: rest[row] ?? 0, coefficients }];
  }
  return [];
}
