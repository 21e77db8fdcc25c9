import type { EntityState, Tensor, WorldState } from '@farsim/core';
import type { BoundEntity } from './bound-entity.ts';
import { worldAngularVelocity } from './write-state.ts';
import type { MujocoWorld } from './mujoco-world.ts';

export interface ReadStateOptions {
  readonly entities: Iterable<BoundEntity>;
  /** Given when they are not all, in order. */
  readonly envs?: Int32Array;
  readonly bodies?: boolean;
}

/** Copies the state of worlds into new arrays, f64, one row each. Costs their kinematics when something has moved since. */
export function readState(worlds: readonly MujocoWorld[], options: ReadStateOptions): WorldState {
  const { envs, bodies = false } = options;
  const entities: Record<string, EntityState> = {};
  for (const entity of options.entities) entities[entity.name] = readEntityState(worlds, entity, bodies);
  return { entities, ...(envs && { envs }) };
}

function readEntityState(worlds: readonly MujocoWorld[], entity: BoundEntity, bodies: boolean): EntityState {
  const rows = worlds.length;
  const { base, joints, bodies: ids } = entity;
  const rootPos = new Float64Array(rows * 3);
  const rootQuat = new Float64Array(rows * 4);
  const linear = new Float64Array(rows * 3);
  const angular = new Float64Array(rows * 3);
  const positions = new Float64Array(rows * joints.length);
  const velocities = new Float64Array(rows * joints.length);
  const bodyPos = new Float64Array(bodies ? rows * ids.length * 3 : 0);
  const bodyQuat = new Float64Array(bodies ? rows * ids.length * 4 : 0);
  worlds.forEach((world, row) => {
    if (base.kind === 'fixed' || bodies) world.updateKinematics();
    const { qpos, qvel, xpos, xquat, mocap_pos: mocapPos, mocap_quat: mocapQuat } = world.data;
    if (base.kind === 'free') {
      rootPos.set(qpos.subarray(base.qpos, base.qpos + 3), row * 3);
      rootQuat.set(qpos.subarray(base.qpos + 3, base.qpos + 7), row * 4);
      linear.set(qvel.subarray(base.dof, base.dof + 3), row * 3);
      angular.set(worldAngularVelocity(qpos, qvel, base.qpos, base.dof), row * 3);
    } else if (base.kind === 'mocap') {
      rootPos.set(mocapPos.subarray(base.mocap * 3, base.mocap * 3 + 3), row * 3);
      rootQuat.set(mocapQuat.subarray(base.mocap * 4, base.mocap * 4 + 4), row * 4);
    } else {
      rootPos.set(xpos.subarray(entity.root * 3, entity.root * 3 + 3), row * 3);
      rootQuat.set(xquat.subarray(entity.root * 4, entity.root * 4 + 4), row * 4);
    }
    joints.forEach(({ qpos: a, dof }, j) => {
      positions[row * joints.length + j] = qpos[a]!;
      velocities[row * joints.length + j] = qvel[dof]!;
    });
    if (!bodies) return;
    ids.forEach((body, b) => {
      bodyPos.set(xpos.subarray(body * 3, body * 3 + 3), (row * ids.length + b) * 3);
      bodyQuat.set(xquat.subarray(body * 4, body * 4 + 4), (row * ids.length + b) * 4);
    });
  });
  return {
    root_pos: array(rootPos, rows, 3),
    root_quat: array(rootQuat, rows, 4),
    // nothing knows how fast a mocap body is
    ...(base.kind !== 'mocap' && {
      root_lin_vel: array(linear, rows, 3),
      root_ang_vel: array(angular, rows, 3),
    }),
    ...(joints.length > 0 && {
      joint_pos: array(positions, rows, joints.length),
      joint_vel: array(velocities, rows, joints.length),
    }),
    ...(bodies && {
      body_pos: array(bodyPos, rows, ids.length, 3),
      body_quat: array(bodyQuat, rows, ids.length, 4),
    }),
  };
}

function array(data: Float64Array, ...shape: number[]): Tensor {
  return { dtype: 'f64', shape, data };
}
