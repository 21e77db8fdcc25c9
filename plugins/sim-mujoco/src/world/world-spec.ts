import type { CameraSpec, WorldSpec } from '@farsim/core';
import { actionSpace } from './action-space.ts';
import type { BoundEntity } from './bound-entity.ts';
import type { LoadedModel } from './loaded-model.ts';

export interface WorldSpecOptions {
  readonly task: string;
  readonly envs: number;
  readonly stepDt: number;
  readonly entities: readonly BoundEntity[];
  readonly camera: { readonly width: number; readonly height: number };
}

/** Says what a model's worlds are: one action of all controls in order, observations `qpos`, `qvel` and `sensordata`. */
export function mujocoSpec(loaded: LoadedModel, options: WorldSpecOptions): WorldSpec {
  const { model, engine } = loaded;
  const { envs, entities, camera } = options;
  return {
    sim: 'mujoco',
    versions: { mujoco: engine.version },
    task: options.task,
    num_envs: envs,
    env_origins: Array.from({ length: envs }, () => [0, 0, 0] as const),
    step_dt: options.stepDt,
    physics_dt: loaded.timestep,
    autoreset: 'disabled',
    actions: { '': actionSpace(loaded, entities) },
    observations: {
      qpos: { dtype: 'f64', shape: [model.nq] },
      qvel: { dtype: 'f64', shape: [model.nv] },
      ...(model.nsensordata > 0 && { sensordata: { dtype: 'f64', shape: [model.nsensordata] } as const }),
    },
    entities: Object.fromEntries(entities.map(({ name, spec }) => [name, spec])),
    cameras: Object.fromEntries(
      loaded
        .cameraNames()
        .map((name, id): [string, CameraSpec] => [
          name,
          { ...camera, fovy: (model.cam_fovy[id]! * Math.PI) / 180 },
        ]),
    ),
    capabilities: [
      'partialReset',
      'perEnvSeed',
      'resetState',
      'getState',
      'setState',
      'snapshot',
      'render',
      'model',
      'visuals',
      'bodies',
      'deterministic',
    ],
    native: {
      quat: { value: 'wxyz', known: 'declared' },
      velocity: { value: 'link origin, angular in body axes', known: 'declared' },
    },
  };
}
