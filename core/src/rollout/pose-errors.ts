import {
  angleBetween,
  invertQuaternion,
  multiplyQuaternions,
  rotateVector,
  type Quaternion,
  type Vector3,
} from '../model/rotation.ts';
import { toNumbers } from '../model/tensor.ts';
import type { WorldSpec } from '../model/world-spec.ts';
import type { WorldState } from '../model/world-state.ts';

/** How far one body of the view was from the recorded one, over all compared rows. */
export interface BodyPoseError {
  /** `entity/body`. */
  readonly body: string;
  /** Largest distance, metres, and angle, radians, as the poses are. */
  readonly position: number;
  readonly rotation: number;
  /** The same after the offset of the first compared row was taken away: what a mere difference of link frames leaves is zero. */
  readonly movingPosition: number;
  readonly movingRotation: number;
}

interface Pose {
  readonly position: Vector3;
  readonly rotation: Quaternion;
}

interface PairedBody {
  readonly name: string;
  readonly entity: string;
  readonly recorded: number;
  readonly viewed: number;
  offset: Pose | undefined;
  readonly errors: { position: number; rotation: number; movingPosition: number; movingRotation: number };
}

/** Compares body poses by name. Bodies that only one side has are listed, not compared. */
export class PoseErrors {
  readonly #bodies: PairedBody[];
  readonly unmatched: readonly string[];
  #rows = 0;

  constructor(recorded: WorldSpec, viewed: WorldSpec) {
    const unmatched: string[] = [];
    this.#bodies = Object.entries(recorded.entities).flatMap(([entity, { body_names: names }]) =>
      names.flatMap((body, i): PairedBody[] => {
        const k = viewed.entities[entity]?.body_names.indexOf(body) ?? -1;
        const name = `${entity}/${body}`;
        if (k < 0) unmatched.push(name);
        const errors = { position: 0, rotation: 0, movingPosition: 0, movingRotation: 0 };
        return k < 0 ? [] : [{ name, entity, recorded: i, viewed: k, offset: undefined, errors }];
      }),
    );
    this.unmatched = unmatched;
  }

  /** Rows that had poses on both sides. */
  get rows(): number {
    return this.#rows;
  }

  /** Compares two states of one row each. */
  compare(recorded: WorldState, viewed: WorldState): void {
    let compared = false;
    for (const [entity, bodies] of Map.groupBy(this.#bodies, (body) => body.entity)) {
      const [a, b] = [readPoses(recorded, entity), readPoses(viewed, entity)];
      if (!a || !b) continue;
      compared = true;
      for (const body of bodies) take(body, a(body.recorded), b(body.viewed));
    }
    if (compared) this.#rows++;
  }

  /** The worst bodies first. */
  report(): BodyPoseError[] {
    return this.#bodies
      .filter(({ offset }) => offset)
      .map(({ name, errors }) => ({ body: name, ...errors }))
      .toSorted((a, b) => b.movingPosition - a.movingPosition);
  }
}

function take(body: PairedBody, recorded: Pose, viewed: Pose): void {
  const relative = within(recorded, viewed);
  const offset = (body.offset ??= relative);
  const { errors } = body;
  errors.position = larger(errors.position, Math.hypot(...relative.position));
  errors.rotation = larger(errors.rotation, angleBetween(recorded.rotation, viewed.rotation));
  const moved = relative.position.map((value, i) => value - offset.position[i]!);
  errors.movingPosition = larger(errors.movingPosition, Math.hypot(...moved));
  errors.movingRotation = larger(errors.movingRotation, angleBetween(offset.rotation, relative.rotation));
}

/** What is no number is as far away as can be. */
function larger(a: number, b: number): number {
  return Math.max(a, Number.isNaN(b) ? Infinity : b);
}

/** `pose` as seen from `frame`. */
function within(frame: Pose, pose: Pose): Pose {
  const back = invertQuaternion(frame.rotation);
  const [x, y, z] = pose.position;
  const [fx, fy, fz] = frame.position;
  return {
    position: rotateVector(back, [x - fx, y - fy, z - fz]),
    rotation: multiplyQuaternions(back, pose.rotation),
  };
}

function readPoses(state: WorldState, entity: string): ((body: number) => Pose) | undefined {
  const arrays = state.entities[entity];
  if (!arrays?.body_pos || !arrays.body_quat) return undefined;
  const positions = toNumbers(arrays.body_pos);
  const rotations = toNumbers(arrays.body_quat);
  return (body) => ({
    position: Array.from(positions.subarray(body * 3, body * 3 + 3)) as unknown as Vector3,
    rotation: Array.from(rotations.subarray(body * 4, body * 4 + 4)) as unknown as Quaternion,
  });
}
