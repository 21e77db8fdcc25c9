import { multiplyQuaternions, type Quaternion, type Vector3 } from '../model/rotation.ts';
import { lengthOf, scaleVector, subtractVectors } from '../model/vector.ts';
import type { EntitySpec, WorldSpec } from '../model/world-spec.ts';
import type { WorldState } from '../model/world-state.ts';
import { crookedTurn } from './distinct-state.ts';
import { mapEntities, mapRows } from './edit-state.ts';
import { FlightPlan, type Flight } from './flight-plan.ts';
import { WorstDistance } from './pose-distance.ts';
import type { ProbedSimulator } from './probed-simulator.ts';

/** Away from the ground, under a height that ends episodes, as it is, and off a wall. */
const moves: readonly Vector3[] = [
  [0, 0, 1],
  [0, 0, 0.1],
  [0, 0, 0],
  [1, 1, 1],
];
/** A root at rest that gains more, m/s², is pushed by a contact or a constraint, which hides its own velocity. */
const mostPush = 40;

/** Those of the entities whose root floats and has a pose and both velocities in the state. */
export function floatingRoots(spec: WorldSpec, { entities }: WorldState, names: readonly string[]): string[] {
  return names.filter((name) => {
    const { root_pos, root_quat, root_lin_vel, root_ang_vel } = entities[name] ?? {};
    return !spec.entities[name]!.fixed_base && root_pos && root_quat && root_lin_vel && root_ang_vel;
  });
}

/** The flights, and why the rest of the roots have none. */
export interface Flights {
  readonly flights: readonly Flight[];
  readonly grounded: string;
}

/**
 * Lets floating roots fly for one step, lifted and turned, with opposite velocities, and takes the differences: gravity,
 * actuators and whatever else does not ask for the velocity’s sign cancels. What moves far from rest is tried elsewhere.
 */
export async function tryFreeFlight(subject: ProbedSimulator, names: readonly string[]): Promise<Flights> {
  const flights: Flight[] = [];
  let grounded = 'every step with a lifted root ended its episode';
  if (names.length === 0) return { flights, grounded };
  await subject.begin();
  const base = await subject.read();
  for (const move of moves) {
    const left = names.filter((name) => !flights.some(({ entity }) => entity === name));
    if (left.length === 0) break;
    const plan = new FlightPlan(subject, left, startAt(subject, base, left, move));
    const [rest, both] = [await plan.fly(0, 0), await plan.fly(1, 1)];
    const [spunBack, thrownBack] = [await plan.fly(1, -1), await plan.fly(-1, 1)];
    for (const [row, end] of both.entries()) {
      const [still, back, thrown] = [rest[row], spunBack[row], thrownBack[row]];
      if (!end || !still || !back || !thrown) continue;
      for (const name of left) {
        const push = plan.pushOf(name, row, still);
        if (push <= mostPush) flights.push(...plan.flightOf(name, row, end, back, thrown));
        else grounded = `${name} is pushed wherever it was put: ${push.toFixed(0)} m/s² from rest`;
      }
    }
  }
  return { flights, grounded };
}

/** The roots of `base`, moved and turned, with joints within their limits. */
function startAt(
  subject: ProbedSimulator,
  base: WorldState,
  names: readonly string[],
  [x, y, z]: Vector3,
): WorldState {
  return mapEntities(base, names, (arrays, name) => ({
    ...arrays,
    ...(arrays.joint_pos && {
      joint_pos: mapRows(arrays.joint_pos, (values) => withinLimits(subject.spec.entities[name]!, values)),
    }),
    root_pos: mapRows(arrays.root_pos!, ([a, b, c]) => [a! + x, b! + y, c! + z]),
    root_quat: mapRows(arrays.root_quat!, (q) =>
      multiplyQuaternions(crookedTurn, q as unknown as Quaternion),
    ),
  }));
}

/** A joint that begins past a limit is thrown back by it. */
function withinLimits({ joint_limits: limits }: EntitySpec, values: readonly number[]): readonly number[] {
  return values.map((value, joint) => {
    const [low, high] = limits[joint] ?? [-Infinity, Infinity];
    const margin = Number.isFinite(high - low) ? 0.05 * (high - low) : 0;
    return Math.min(high - margin, Math.max(low + margin, value));
  });
}

/** How far the roots’ turning was from their angular velocity, as a part of it. */
export function spinError(flights: readonly Flight[]): WorstDistance {
  const worst = new WorstDistance();
  for (const { entity, angular, turned, step } of flights) {
    const wanted = scaleVector(angular, 2 * step);
    worst.take(lengthOf(subtractVectors(turned, wanted)) / lengthOf(wanted), `${entity}.root_ang_vel`);
  }
  return worst;
}
