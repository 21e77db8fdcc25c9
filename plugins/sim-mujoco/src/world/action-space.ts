import type { ActionTerm, Space } from '@farsim/core';
import type { BoundEntity } from './bound-entity.ts';
import type { LoadedModel } from './loaded-model.ts';

/** The Space of `ctrl`: one term an actuator. */
export function actionSpace(loaded: LoadedModel, entities: readonly BoundEntity[]): Space {
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
  if (transmission === transmissions.tendon)
    return { ...term, kind: 'tendon', ...withEnds(loaded, id, tendonControl(loaded, id, entities)) };
  if (transmission !== transmissions.joint && transmission !== transmissions.jointInParent)
    return { ...term, kind: 'other' };
  const joint = model.actuator_trnid[2 * id]!;
  const owner = entities.find(({ joints }) => joints.some((bound) => bound.id === joint));
  const place = owner?.joints.findIndex((bound) => bound.id === joint) ?? -1;
  const name = owner?.spec.joint_names[place] ?? loaded.jointName(joint);
  const control = withEnds(loaded, id, jointControl(loaded, id));
  return { ...term, ...control, joints: [name], ...(owner && { entity: owner.name }) };
}

interface Scaled {
  readonly scale?: number;
  readonly offset?: number;
}

/** The engine holds a control in its range, and so what it commands. */
function withEnds<Control extends Scaled>(
  loaded: LoadedModel,
  id: number,
  control: Control,
): Control & Pick<ActionTerm, 'clip'> {
  const limits = loaded.controlLimits(id);
  const { scale, offset = 0 } = control;
  if (scale === undefined || !limits || !loaded.clampsControls) return control;
  const [a, b] = limits.map((limit) => scale * limit + offset) as [number, number];
  return { ...control, clip: [[Math.min(a, b), Math.max(a, b)]] };
}

/**
 * A position servo has the force gain·u + c + p·length + v·speed with p < 0 and rests where length = (gain·u + c) / −p; a
 * velocity servo goes at (gain·u + c) / −v; a motor has the force gain·u. The length of a joint is gear·q.
 */
function jointControl({ model }: LoadedModel, id: number): Pick<ActionTerm, 'kind'> & Scaled {
  const gear = model.actuator_gear[(id * model.actuator_gear.length) / model.nu]!;
  const servo = servoOf(model, id);
  if (model.actuator_gaintype[id] !== 0) return { kind: 'other' };
  const gain = model.actuator_gainprm[(id * model.actuator_gainprm.length) / model.nu]!;
  if (model.actuator_biastype[id] === 0) return { kind: 'joint_effort', scale: gain * gear };
  if (!servo || gear === 0) return { kind: 'other' };
  const offset = servo.offset / gear;
  return { kind: servo.kind, scale: servo.scale / gear, ...(offset !== 0 && { offset }) };
}

const jointInTendon = 1;

/** A servo of a fixed tendon commands a weighted sum of joints. */
function tendonControl(
  loaded: LoadedModel,
  id: number,
  entities: readonly BoundEntity[],
): Pick<ActionTerm, 'joints' | 'weights' | 'entity'> & Scaled {
  const { model } = loaded;
  const tendon = model.actuator_trnid[2 * id]!;
  const first = model.tendon_adr[tendon]!;
  const wraps = Array.from({ length: model.tendon_num[tendon]! }, (_, k) => first + k);
  const servo = servoOf(model, id);
  if (servo?.kind !== 'joint_position' || wraps.some((wrap) => model.wrap_type[wrap] !== jointInTendon))
    return {};
  const gear = model.actuator_gear[(id * model.actuator_gear.length) / model.nu]!;
  const joints = wraps.map((wrap) => model.wrap_objid[wrap]!);
  const owner = entities.find((entity) =>
    joints.every((joint) => entity.joints.some((bound) => bound.id === joint)),
  );
  return {
    joints: joints.map((joint) => loaded.jointName(joint)),
    weights: wraps.map((wrap) => model.wrap_prm[wrap]!),
    scale: servo.scale / gear,
    ...(servo.offset !== 0 && { offset: servo.offset / gear }),
    ...(owner && { entity: owner.name }),
  };
}

interface Servo {
  readonly kind: 'joint_position' | 'joint_velocity';
  readonly scale: number;
  readonly offset: number;
}

function servoOf(model: LoadedModel['model'], id: number): Servo | undefined {
  const gain = model.actuator_gainprm[(id * model.actuator_gainprm.length) / model.nu]!;
  const bias = (id * model.actuator_biasprm.length) / model.nu;
  const [constant, position, velocity] = model.actuator_biasprm.subarray(bias, bias + 3);
  if (model.actuator_gaintype[id] !== 0 || gain === 0) return undefined;
  if (position! < 0)
    return { kind: 'joint_position', scale: gain / -position!, offset: constant! / -position! };
  if (position === 0 && velocity! < 0)
    return { kind: 'joint_velocity', scale: gain / -velocity!, offset: constant! / -velocity! };
  return undefined;
}
