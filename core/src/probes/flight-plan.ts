import {
  invertQuaternion,
  multiplyQuaternions,
  rotateVector,
  type Quaternion,
  type Vector3,
} from '../model/rotation.ts';
import type { Tensor } from '../model/tensor.ts';
import { crossVectors, lengthOf, scaleVector, subtractVectors } from '../model/vector.ts';
import type { WorldState } from '../model/world-state.ts';
import { mapEntities, mapRows, quaternionOf, vectorOf } from './edit-state.ts';
import type { ProbedSimulator } from './probed-simulator.ts';

/** One floating root in one env: how it moved in a step, by the velocities that were set. Metres, rad, world axes. */
export interface Flight {
  readonly entity: string;
  /** Set. */
  readonly linear: Vector3;
  readonly angular: Vector3;
  /** Of the root’s centre of mass from its link’s origin, as the root was turned. */
  readonly centre: Vector3;
  /** By what exchanging the sign of the linear velocity, and of the angular one, changed the displacement. */
  readonly byLinear: Vector3;
  readonly byAngular: Vector3;
  /** Rotation vector from the end with the opposite angular velocity to the end with this one. */
  readonly turned: Vector3;
  /** Seconds. */
  readonly step: number;
}

const speed = 0.5;
const mostSpin = 3;
/** Radians of one step. */
const mostTurn = 0.4;

/** From one start, roots fly for one step with velocities that only differ in their signs. */
export class FlightPlan {
  readonly #subject: ProbedSimulator;
  readonly #names: readonly string[];
  readonly #start: WorldState;

  constructor(subject: ProbedSimulator, names: readonly string[], start: WorldState) {
    this.#subject = subject;
    this.#names = names;
    this.#start = start;
  }

  /** The state of each looked-at env after one step, with the planned velocities times these signs. */
  async fly(linear: -1 | 0 | 1, angular: -1 | 0 | 1): Promise<readonly (WorldState | undefined)[]> {
    await this.#subject.put(
      mapEntities(this.#start, this.#names, (arrays, name) => ({
        root_pos: arrays.root_pos!,
        root_quat: arrays.root_quat!,
        root_lin_vel: mapRows(arrays.root_lin_vel!, () => scaleVector(throwing, linear)),
        root_ang_vel: mapRows(arrays.root_ang_vel!, (_, row) => scaleVector(this.#spin(name, row), angular)),
        ...(arrays.joint_pos && { joint_pos: arrays.joint_pos }),
        ...(arrays.joint_vel && { joint_vel: mapRows(arrays.joint_vel, (values) => values.map(() => 0)) }),
      })),
    );
    return (await this.#subject.step(0)).states;
  }

  /** Acceleration of a root that was at rest, m/s². */
  pushOf(name: string, row: number, still: WorldState): number {
    const [to, from] = [still.entities[name]?.root_pos, this.#start.entities[name]!.root_pos!];
    if (!to) return 0;
    const moved = subtractVectors(positionOf(to, 0), positionOf(from, row));
    return (2 * lengthOf(moved)) / this.#subject.spec.step_dt ** 2;
  }

  /** The flight of one root in one env, from where its three flights ended; empty where a state lacks its pose. */
  flightOf(
    name: string,
    row: number,
    end: WorldState,
    spunBack: WorldState,
    thrownBack: WorldState,
  ): Flight[] {
    const [to, back, thrown] = [end, spunBack, thrownBack].map(({ entities }) => entities[name]);
    if (!to?.root_pos || !back?.root_pos || !thrown?.root_pos || !to.root_quat || !back.root_quat) return [];
    return [
      {
        entity: name,
        linear: throwing,
        angular: this.#spin(name, row),
        centre: this.#centre(name, row),
        byLinear: difference(to.root_pos, thrown.root_pos),
        byAngular: difference(to.root_pos, back.root_pos),
        turned: rotationVector(
          multiplyQuaternions(
            quaternionOf(to.root_quat, 0),
            invertQuaternion(quaternionOf(back.root_quat, 0)),
          ),
        ),
        step: this.#subject.spec.step_dt,
      },
    ];
  }

  #centre(name: string, row: number): Vector3 {
    const rotation = quaternionOf(this.#start.entities[name]!.root_quat!, row);
    return rotateVector(rotation, this.#subject.spec.entities[name]!.root_com_offset);
  }

  /** Across the way to the centre of mass, where there is one. */
  #spin(name: string, row: number): Vector3 {
    const size = Math.min(mostSpin, mostTurn / this.#subject.spec.step_dt);
    const across = crossVectors(this.#centre(name, row), crooked);
    const length = lengthOf(across);
    return length < 1e-6 ? scaleVector(crooked, size) : scaleVector(across, size / length);
  }
}

const crooked: Vector3 = [0.48, 0.6, 0.64];
const throwing: Vector3 = [0.6 * speed, -0.48 * speed, 0.64 * speed];

function difference(a: Tensor, b: Tensor): Vector3 {
  return subtractVectors(positionOf(a, 0), positionOf(b, 0));
}

function positionOf(tensor: Tensor, row: number): Vector3 {
  return vectorOf(tensor, row) as unknown as Vector3;
}

function rotationVector([w, x, y, z]: Quaternion): Vector3 {
  const sine = Math.hypot(x, y, z);
  const angle = 2 * Math.atan2(sine, Math.abs(w)) * (w < 0 ? -1 : 1);
  return sine === 0 ? [0, 0, 0] : scaleVector([x, y, z], angle / sine);
}
