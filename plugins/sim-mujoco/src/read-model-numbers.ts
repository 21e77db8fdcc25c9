import type { EntitySpec, ModelFiles } from '@farsim/core';
import { compileModel } from './engine/compile-model.ts';
import { loadEngine } from './engine/engine.ts';
import { defaultModelCache } from './engine/model-cache.ts';
import type { MujocoModel } from './engine/mujoco-module.ts';
import { LoadedModel } from './world/loaded-model.ts';
import { readEntities } from './world/read-entities.ts';
import type { BoundEntity } from './world/bound-entity.ts';

/** A model's numbers as its engine compiled them, SI. */
export interface ModelNumbers {
  readonly entities: Readonly<Record<string, EntityNumbers>>;
}

export interface EntityNumbers {
  readonly spec: EntitySpec;
  /** In the spec's orders. */
  readonly joints: readonly JointNumbers[];
  readonly bodies: readonly BodyNumbers[];
}

export interface JointNumbers {
  readonly armature: number;
  readonly damping: number;
  readonly frictionloss: number;
  readonly stiffness: number;
  /** Of the actuators at the joint, gear included, where there are any: their force is gain·u + position·q + velocity·q̇, and a constant. */
  readonly gain?: number;
  readonly position?: number;
  readonly velocity?: number;
}

export interface BodyNumbers {
  readonly mass: number;
  /** Principal moments, the largest first. */
  readonly inertia: readonly [number, number, number];
  /** Centre of mass in the body's frame. */
  readonly com: readonly [number, number, number];
  /** The largest sliding friction of its shapes; absent where it has none. */
  readonly friction?: number;
}

/** Compiles a model and reads what decides how it moves. Throws MODEL_INVALID. */
export async function readModelNumbers(files: ModelFiles, signal?: AbortSignal): Promise<ModelNumbers> {
  const engine = await loadEngine();
  const options = { version: engine.version, cache: defaultModelCache(), ...(signal && { signal }) };
  const loaded = new LoadedModel(engine, await compileModel(files, options));
  try {
    const entities = readEntities(loaded).map(
      (entity) => [entity.name, numbersOf(loaded.model, entity)] as const,
    );
    return { entities: Object.fromEntries(entities) };
  } finally {
    loaded.model.delete();
  }
}

function numbersOf(model: MujocoModel, { spec, joints, bodies }: BoundEntity): EntityNumbers {
  return {
    spec,
    joints: joints.map(({ id, dof }) => ({
      armature: model.dof_armature[dof]!,
      damping: model.dof_damping[dof]!,
      frictionloss: model.dof_frictionloss[dof]!,
      stiffness: model.jnt_stiffness[id]!,
      ...actuatorOf(model, id),
    })),
    bodies: Array.from(bodies, (body) => bodyNumbers(model, body)),
  };
}

const jointTransmission = 0;

/** Importers may split a servo into one actuator for the position and one for the speed: what they do together counts. */
function actuatorOf(model: MujocoModel, joint: number): Partial<JointNumbers> {
  const { nu, actuator_trntype: types, actuator_trnid: ids } = model;
  const there = Array.from(types).flatMap((type, id) =>
    type === jointTransmission && ids[2 * id] === joint ? [id] : [],
  );
  const [first] = there;
  if (first === undefined) return {};
  const width = model.actuator_biasprm.length / nu;
  const gearOf = (id: number): number => model.actuator_gear[(id * model.actuator_gear.length) / nu]!;
  // a length is gear·q, and a force is multiplied by the gear once more
  const bias = (k: number): number =>
    there.reduce((sum, id) => sum + gearOf(id) ** 2 * model.actuator_biasprm[id * width + k]!, 0);
  const gain = gearOf(first) * model.actuator_gainprm[(first * model.actuator_gainprm.length) / nu]!;
  return { gain, position: bias(1), velocity: bias(2) };
}

function bodyNumbers(model: MujocoModel, body: number): BodyNumbers {
  const triple = (array: Float64Array): [number, number, number] =>
    Array.from(array.subarray(body * 3, body * 3 + 3)) as [number, number, number];
  const frictions = Array.from(model.geom_bodyid).flatMap((owner, geom) =>
    owner === body ? [model.geom_friction[3 * geom]!] : [],
  );
  return {
    mass: model.body_mass[body]!,
    inertia: triple(model.body_inertia).toSorted((a, b) => b - a) as [number, number, number],
    com: triple(model.body_ipos),
    ...(frictions.length > 0 && { friction: Math.max(...frictions) }),
  };
}
