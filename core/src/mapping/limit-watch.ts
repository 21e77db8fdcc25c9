import type { WorldState } from '../model/world-state.ts';
import type { BoundMap, EntityPair } from './bound-map.ts';

/** Metres or radians by which a joint may be outside its limits without a word. */
const allowed = 1e-3;

/**
 * Gives a function that looks at transferred states and says once for each joint that it is outside the limits of `to`: often a
 * sign or an offset that is wrong. A joint that has the same limits on both sides goes past them by itself.
 */
export function createLimitWatch(
  { pairs }: BoundMap,
  log: (line: string) => void,
): (state: WorldState) => void {
  const watched = pairs.map((pair) => ({
    to: pair.to,
    names: pair.toSpec.joint_names,
    limits: Float64Array.from(
      pair.toSpec.joint_limits.flatMap((limit, joint) =>
        limit && !hasSameLimits(pair, joint)
          ? [limit[0] - allowed, limit[1] + allowed]
          : [-Infinity, Infinity],
      ),
    ),
    said: new Set<number>(),
  }));
  return (state) => {
    for (const { to, names, limits, said } of watched) {
      const positions = state.entities[to]?.joint_pos?.data as Float32Array | Float64Array | undefined;
      if (!positions) continue;
      for (let i = 0; i < positions.length; i++) {
        const joint = i % names.length;
        const q = positions[i]!;
        if ((q >= limits[2 * joint]! && q <= limits[2 * joint + 1]!) || said.has(joint)) continue;
        said.add(joint);
        const range = `${(limits[2 * joint]! + allowed).toPrecision(4)} to ${(limits[2 * joint + 1]! - allowed).toPrecision(4)}`;
        log(
          `'${names[joint]}' of '${to}' is at ${q.toPrecision(4)}, outside its limits ${range}: is its sign or offset another?`,
        );
      }
    }
  };
}

function hasSameLimits({ there, fromSpec, toSpec }: EntityPair, joint: number): boolean {
  if (there.gain[joint] !== 1 || there.shift[joint] !== 0) return false;
  const [theirs, ours] = [fromSpec.joint_limits[there.source[joint]!], toSpec.joint_limits[joint]];
  return !!theirs && !!ours && theirs.every((bound, i) => Math.abs(bound - ours[i]!) <= allowed);
}
