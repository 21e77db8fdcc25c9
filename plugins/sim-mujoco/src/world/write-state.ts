import {
  rotateVector,
  invertQuaternion,
  type EntityState,
  type Quaternion,
  type WorldState,
} from '@farsim/core';
import type { MujocoData } from '../engine/mujoco-module.ts';
import type { BoundEntity } from './bound-entity.ts';
import type { StateNumbers } from './check-state.ts';

/**
 * Puts one row of a checked state into a world: positions and velocities, nothing computed from them. What the state leaves out
 * stays. Poses of fixed bases are not its business.
 */
export function writeState(
  state: WorldState,
  row: number,
  data: MujocoData,
  entities: ReadonlyMap<string, BoundEntity>,
): void {
  const { qpos, qvel } = data;
  for (const name in state.entities) {
    const entity = entities.get(name);
    if (!entity) continue;
    const arrays = state.entities[name]!;
    const { base, joints } = entity;
    if (base.kind === 'free') writeFreeBase(arrays, row, qpos, qvel, base.qpos, base.dof);
    else if (base.kind === 'mocap') writeMocap(arrays, row, data, base.mocap);
    const positions = arrays.joint_pos?.data as StateNumbers | undefined;
    const velocities = arrays.joint_vel?.data as StateNumbers | undefined;
    const count = joints.length;
    for (let j = 0; j < count; j++) {
      const joint = joints[j]!;
      if (positions) qpos[joint.qpos] = positions[row * count + j]!;
      if (velocities) qvel[joint.dof] = velocities[row * count + j]!;
    }
  }
}

function writeFreeBase(
  arrays: EntityState,
  row: number,
  qpos: Float64Array,
  qvel: Float64Array,
  a: number,
  v: number,
): void {
  const { root_pos: position, root_quat: rotation, root_lin_vel: linear, root_ang_vel: angular } = arrays;
  const turning = angular
    ? tripleAt(angular.data as StateNumbers, row)
    : rotation && worldAngularVelocity(qpos, qvel, a, v);
  if (position) copyRow(position.data as StateNumbers, row, 3, qpos, a);
  if (rotation) copyUnitRow(rotation.data as StateNumbers, row, qpos, a + 3);
  if (linear) copyRow(linear.data as StateNumbers, row, 3, qvel, v);
  if (turning) qvel.set(rotateVector(invertQuaternion(quaternionAt(qpos, a + 3)), turning), v + 3);
}

function writeMocap(arrays: EntityState, row: number, data: MujocoData, mocap: number): void {
  const { root_pos: position, root_quat: rotation } = arrays;
  if (position) copyRow(position.data as StateNumbers, row, 3, data.mocap_pos, mocap * 3);
  if (rotation) copyUnitRow(rotation.data as StateNumbers, row, data.mocap_quat, mocap * 4);
}

/** The free joint keeps its angular velocity in the body's axes; the schema has it in the world's. */
export function worldAngularVelocity(
  qpos: Float64Array,
  qvel: Float64Array,
  a: number,
  v: number,
): readonly [number, number, number] {
  return rotateVector(quaternionAt(qpos, a + 3), [qvel[v + 3]!, qvel[v + 4]!, qvel[v + 5]!]);
}

function copyRow(from: StateNumbers, row: number, width: number, to: Float64Array, at: number): void {
  for (let k = 0; k < width; k++) to[at + k] = from[row * width + k]!;
}

function copyUnitRow(from: StateNumbers, row: number, to: Float64Array, at: number): void {
  const i = row * 4;
  const norm = Math.hypot(from[i]!, from[i + 1]!, from[i + 2]!, from[i + 3]!);
  // one that is unit already keeps its bits
  const scale = Math.abs(norm - 1) < 1e-15 ? 1 : 1 / norm;
  for (let k = 0; k < 4; k++) to[at + k] = from[i + k]! * scale;
}

function tripleAt(from: StateNumbers, row: number): readonly [number, number, number] {
  return [from[row * 3]!, from[row * 3 + 1]!, from[row * 3 + 2]!];
}

function quaternionAt(from: Float64Array, at: number): Quaternion {
  return [from[at]!, from[at + 1]!, from[at + 2]!, from[at + 3]!];
}
