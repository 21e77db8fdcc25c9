import {
  angleBetween,
  invertQuaternion,
  multiplyQuaternions,
  rotateVector,
  type Quaternion,
  type Vector3,
} from '../model/rotation.ts';
import { lengthOf, subtractVectors } from '../model/vector.ts';
import type { EntitySpec } from '../model/world-spec.ts';
import type { WorldState } from '../model/world-state.ts';
import { crookedTurn } from './distinct-state.ts';
import { mapEntities, mapRows } from './edit-state.ts';
import {
  bodyPoses,
  distance,
  distanceOfPoses,
  rootPose,
  type Pose,
  type WorstDistance,
} from './pose-distance.ts';
import type { ProbedSimulator } from './probed-simulator.ts';

const turn = 0.4;
const mostJoints = 6;
/** Bodies nearer than this to each other show no rotation, metres. */
const leastDistance = 0.01;
/** Less is no turn, radians. */
const leastTurn = 1e-3;

/** Turns a floating root by a known rotation; gives the number of rows in which bodies show it. */
export async function turnRoot(
  subject: ProbedSimulator,
  start: WorldState,
  name: string,
  worst: WorstDistance,
): Promise<number> {
  await subject.put(
    mapEntities(start, [name], ({ root_quat: rotations, root_pos: positions, joint_pos: joints }) => ({
      ...(positions && { root_pos: positions }),
      ...(joints && { joint_pos: joints }),
      ...(rotations && {
        root_quat: mapRows(rotations, (q) => multiplyQuaternions(crookedTurn, q as unknown as Quaternion)),
      }),
    })),
  );
  const now = (await subject.read()).entities[name] ?? {};
  const was = start.entities[name]!;
  let shown = 0;
  subject.envs.forEach((_, row) => {
    const [root, bodies, after] = [rootPose(was, row), bodyPoses(was, row), bodyPoses(now, row)];
    if (!root || !bodies || !after) return;
    if (bodies.some(({ position }) => distance(position, root.position) > leastDistance)) shown++;
    bodies.forEach((pose, body) => {
      const wanted = turnedAbout(root.position, crookedTurn, pose);
      worst.take(distanceOfPoses(wanted, after[body]!), bodyOf(subject, name, body));
    });
  });
  return shown;
}

/** Turns some hinges of a fixed base, one at a time; gives the number of rows in which bodies show it. */
export async function turnJoints(
  subject: ProbedSimulator,
  start: WorldState,
  name: string,
  worst: WorstDistance,
): Promise<number> {
  const entity = subject.spec.entities[name]!;
  const was = start.entities[name]!;
  const joints = was.joint_pos;
  if (!joints) return 0;
  const hinges = entity.joint_types.flatMap((type, joint) => (type === 'hinge' ? [joint] : []));
  let shown = 0;
  for (const joint of hinges.slice(0, mostJoints)) {
    const by = roomToTurn(entity, joint, Number(joints.data[joint]));
    if (by === 0) continue;
    const turned = mapRows(joints, (values) => values.map((value, j) => (j === joint ? value + by : value)));
    await subject.put({ entities: { [name]: { joint_pos: turned } } });
    const now = (await subject.read()).entities[name] ?? {};
    subject.envs.forEach((_, row) => {
      const [before, after] = [bodyPoses(was, row), bodyPoses(now, row)];
      if (
        before &&
        after &&
        takeTurn(before, after, Math.abs(by), `${name}/${entity.joint_names[joint]}`, worst)
      )
        shown++;
    });
  }
  return shown;
}

function turnedAbout(centre: Vector3, by: Quaternion, { position, rotation }: Pose): Pose {
  const [x, y, z] = rotateVector(by, subtractVectors(position, centre));
  return {
    position: [centre[0] + x, centre[1] + y, centre[2] + z],
    rotation: multiplyQuaternions(by, rotation),
  };
}

/** The turn that stays within the limits, to either side; 0 where there is no room. */
function roomToTurn(entity: EntitySpec, joint: number, value: number): number {
  const [low, high] = entity.joint_limits[joint] ?? [-Infinity, Infinity];
  if (value + turn <= high) return turn;
  return value - turn >= low ? -turn : 0;
}

/** What hangs on a hinge turns by its angle, as one rigid body. True when two such bodies are far enough apart to show it. */
function takeTurn(
  before: readonly Pose[],
  after: readonly Pose[],
  angle: number,
  where: string,
  worst: WorstDistance,
): boolean {
  const turnOf = (body: number): number => angleBetween(before[body]!.rotation, after[body]!.rotation);
  const moved = before.map((_, body) => body).filter((body) => turnOf(body) > leastTurn);
  let shown = false;
  for (const a of moved) {
    worst.take(Math.abs(turnOf(a) - angle), where);
    const by = multiplyQuaternions(after[a]!.rotation, invertQuaternion(before[a]!.rotation));
    for (const b of moved) {
      const was = subtractVectors(before[b]!.position, before[a]!.position);
      if (lengthOf(was) < leastDistance) continue;
      shown = true;
      const is = subtractVectors(after[b]!.position, after[a]!.position);
      worst.take(distance(rotateVector(by, was), is), where);
    }
  }
  return shown;
}

function bodyOf({ spec }: ProbedSimulator, name: string, body: number): string {
  return `${name}/${spec.entities[name]!.body_names[body] ?? body}`;
}
