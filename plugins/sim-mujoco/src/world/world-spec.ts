import type { ActionTerm, CameraSpec, Space, WorldSpec } from '@farsim/core';
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
      'bodies',
      'deterministic',
    ],
    native: {
      quat: { value: 'wxyz', known: 'declared' },
      velocity: { value: 'link origin, angular in body axes', known: 'declared' },
    },
  };
}

function actionSpace(loaded: LoadedModel, entities: readonly BoundEntity[]): Space {
  const { nu } = loaded.model;
  const limits = Array.from({ length: nu }, (_, id) => loaded.controlLimits(id));
  // JSON has no infinity: with one free control among bounded ones the engine's own clamping must do
  const all = limits.filter((limit) => limit !== null);
  const bounded = nu > 0 && all.length === nu;
  return {
    dtype: 'f64',
    shape: [nu],
    ...(bounded && { low: all.map(([low]) => low), high: all.map(([, high]) => high) }),
    terms: Array.from({ length: nu }, (_, id) => actionTerm(loaded, id, entities)),
  };
}

const transmissions = { joint: 0, jointInParent: 1, tendon: 3 } as const;

function actionTerm(loaded: LoadedModel, id: number, entities: readonly BoundEntity[]): ActionTerm {
  const { model } = loaded;
  const transmission = model.actuator_trntype[id]!;
  const term = { name: loaded.actuatorName(id), from: id, to: id + 1 };
  if (transmission === transmissions.tendon) return { ...term, kind: 'tendon' };
  if (transmission !== transmissions.joint && transmission !== transmissions.jointInParent)
    return { ...term, kind: 'other' };
  const joint = model.actuator_trnid[2 * id]!;
  const owner = entities.find(({ joints }) => joints.some((bound) => bound.id === joint));
  const place = owner?.joints.findIndex((bound) => bound.id === joint) ?? -1;
  const name = owner?.spec.joint_names[place] ?? loaded.jointName(joint);
  return { ...term, ...jointControl(loaded, id), joints: [name], ...(owner && { entity: owner.name }) };
}

/** A position servo has the force kp·(u − gear·q) − kv·q̇, a velocity servo kv·(u − gear·q̇), a motor gain·u. */
function jointControl({ model }: LoadedModel, id: number): Pick<ActionTerm, 'kind' | 'scale'> {
  const gain = model.actuator_gainprm[(id * model.actuator_gainprm.length) / model.nu]!;
  const bias = (id * model.actuator_biasprm.length) / model.nu;
  const [, position, velocity] = model.actuator_biasprm.subarray(bias, bias + 3);
  const gear = model.actuator_gear[(id * model.actuator_gear.length) / model.nu]!;
  if (model.actuator_gaintype[id] !== 0) return { kind: 'other' };
  if (model.actuator_biastype[id] === 0) return { kind: 'joint_effort', scale: gain * gear };
  const scale = gear === 0 ? 1 : 1 / gear;
  if (gain !== 0 && position === -gain) return { kind: 'joint_position', scale };
  if (gain !== 0 && position === 0 && velocity === -gain) return { kind: 'joint_velocity', scale };
  return { kind: 'other' };
}
