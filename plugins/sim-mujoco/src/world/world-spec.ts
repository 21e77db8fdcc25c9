import type { ActionTerm, CameraSpec, Space, WorldSpec } from '@farsim/core';
import type { BoundEntity } from './bound-entity.ts';
import type { LoadedModel } from './loaded-model.ts';

export interface WorldSpecOptions {
  readonly task: string;
  readonly envs: number;
  readonly stepDt: number;
  readonly entities: Iterable<BoundEntity>;
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
    actions: { '': actionSpace(loaded) },
    observations: {
      qpos: { dtype: 'f64', shape: [model.nq] },
      qvel: { dtype: 'f64', shape: [model.nv] },
      ...(model.nsensordata > 0 && { sensordata: { dtype: 'f64', shape: [model.nsensordata] } as const }),
    },
    entities: Object.fromEntries(Array.from(entities, ({ name, spec }) => [name, spec])),
    cameras: Object.fromEntries(
      loaded.cameraNames().map((name, id): [string, CameraSpec] => [
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
      velocity_point: { value: 'link origin; angular in body axes', known: 'declared' },
    },
  };
}

function actionSpace(loaded: LoadedModel): Space {
  const { nu } = loaded.model;
  const limits = Array.from({ length: nu }, (_, id) => loaded.controlLimits(id));
  // JSON has no infinity: with one free control among bounded ones the engine's own clamping must do
  const all = limits.filter((limit) => limit !== null);
  const bounded = nu > 0 && all.length === nu;
  return {
    dtype: 'f64',
    shape: [nu],
    ...(bounded && { low: all.map(([low]) => low), high: all.map(([, high]) => high) }),
    terms: Array.from({ length: nu }, (_, id) => actionTerm(loaded, id)),
  };
}

const affine = 1;
const transmissions = { joint: 0, jointInParent: 1, tendon: 3 } as const;

function actionTerm(loaded: LoadedModel, id: number): ActionTerm {
  const { model } = loaded;
  const transmission = model.actuator_trntype[id]!;
  const onJoint = transmission === transmissions.joint || transmission === transmissions.jointInParent;
  return {
    name: loaded.actuatorName(id),
    from: id,
    to: id + 1,
    kind: onJoint ? jointTermKind(loaded, id) : transmission === transmissions.tendon ? 'tendon' : 'other',
    ...(onJoint && { joints: [loaded.jointName(model.actuator_trnid[2 * id]!)] }),
  };
}

/** A position servo has the force kp·(u − q) − kv·q̇, a velocity servo kv·(u − q̇), a motor its control alone. */
function jointTermKind({ model }: LoadedModel, id: number): ActionTerm['kind'] {
  const gainWidth = model.actuator_gainprm.length / model.nu;
  const biasWidth = model.actuator_biasprm.length / model.nu;
  const gain = model.actuator_gainprm[id * gainWidth]!;
  const [, position, velocity] = model.actuator_biasprm.subarray(id * biasWidth, id * biasWidth + 3);
  if (model.actuator_biastype[id] !== affine) return 'joint_effort';
  if (position === -gain) return 'joint_position';
  return position === 0 && velocity === -gain ? 'joint_velocity' : 'other';
}
