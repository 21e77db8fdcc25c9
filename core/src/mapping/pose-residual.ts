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
  /** The same after one constant offset, fitted over all rows, was taken away: what a mere difference of link frames leaves is zero. */
  readonly movingPosition: number;
  readonly movingRotation: number;
}

export interface PoseTolerance {
  /** Metres and radians. */
  readonly position: number;
  readonly rotation: number;
}

interface Pose {
  readonly position: Vector3;
  readonly rotation: Quaternion;
}

/**
 * Compares body poses by name. Each body's pose in the view, as seen from the recorded one, should not change with the
 * configuration: its range over all rows, halved, is the error that the best constant offset leaves. The root of a
 * floating entity was put where it is, so that no offset is taken from it. Bodies that only one side has are listed.
 */
export class PoseResidual {
  readonly #bodies: readonly PairedBody[];
  readonly unmatched: readonly string[];
  #rows = 0;

  constructor(recorded: Pick<WorldSpec, 'entities'>, viewed: Pick<WorldSpec, 'entities'>) {
    const unmatched: string[] = [];
    this.#bodies = Object.entries(recorded.entities).flatMap(([entity, spec]) =>
      spec.body_names.flatMap((body, i): PairedBody[] => {
        const k = viewed.entities[entity]?.body_names.indexOf(body) ?? -1;
        const name = `${entity}/${body}`;
        if (k < 0) unmatched.push(name);
        const put = !spec.fixed_base && body === spec.root_body;
        return k < 0 ? [] : [new PairedBody(name, entity, i, k, put)];
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
      for (const body of bodies) body.take(a(body.recorded), b(body.viewed));
    }
    if (compared) this.#rows++;
  }

  /** The worst bodies first. */
  report(): BodyPoseError[] {
    return this.#bodies
      .filter(({ seen }) => seen)
      .map((body) => body.error())
      .toSorted((a, b) => b.movingPosition - a.movingPosition || b.movingRotation - a.movingRotation);
  }

  /** The bodies that are past the tolerance, the worst first. */
  past(tolerance: PoseTolerance): BodyPoseError[] {
    return this.report().filter(
      ({ movingPosition, movingRotation }) =>
        !(movingPosition <= tolerance.position && movingRotation <= tolerance.rotation),
    );
  }
}

class PairedBody {
  readonly #name: string;
  readonly entity: string;
  readonly recorded: number;
  readonly viewed: number;
  readonly #put: boolean;
  #firstTurn: Quaternion | undefined;
  #position = 0;
  #rotation = 0;
  readonly #places = new Range3();
  readonly #turns = new Range3();

  constructor(name: string, entity: string, recorded: number, viewed: number, put: boolean) {
    this.#name = name;
    this.entity = entity;
    this.recorded = recorded;
    this.viewed = viewed;
    this.#put = put;
  }

  get seen(): boolean {
    return this.#firstTurn !== undefined;
  }

  take(recorded: Pose, viewed: Pose): void {
    const { position, rotation } = within(recorded, viewed);
    this.#position = larger(this.#position, Math.hypot(...position));
    this.#rotation = larger(this.#rotation, angleBetween(recorded.rotation, viewed.rotation));
    this.#firstTurn ??= rotation;
    this.#places.take(position);
    this.#turns.take(turnVector(multiplyQuaternions(invertQuaternion(this.#firstTurn), rotation)));
  }

  error(): BodyPoseError {
    return {
      body: this.#name,
      position: this.#position,
      rotation: this.#rotation,
      movingPosition: this.#put ? this.#position : this.#places.half,
      movingRotation: this.#put ? this.#rotation : this.#turns.half,
    };
  }
}

/** The box around vectors. What is no number makes it as large as can be. */
class Range3 {
  readonly #low = [Infinity, Infinity, Infinity];
  readonly #high = [-Infinity, -Infinity, -Infinity];
  #broken = false;

  take(vector: Vector3): void {
    vector.forEach((value, axis) => {
      if (Number.isNaN(value)) this.#broken = true;
      if (value < this.#low[axis]!) this.#low[axis] = value;
      if (value > this.#high[axis]!) this.#high[axis] = value;
    });
  }

  /** Half its diagonal: the farthest that a vector is from its middle. */
  get half(): number {
    return this.#broken
      ? Infinity
      : Math.hypot(...this.#high.map((high, axis) => high - this.#low[axis]!)) / 2;
  }
}

/** A rotation's axis times its angle, the shorter way round. */
function turnVector([w, x, y, z]: Quaternion): Vector3 {
  const sine = Math.hypot(x, y, z);
  const turn = sine === 0 ? 0 : (2 * Math.atan2(sine, Math.abs(w)) * (w < 0 ? -1 : 1)) / sine;
  return [x * turn, y * turn, z * turn];
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
