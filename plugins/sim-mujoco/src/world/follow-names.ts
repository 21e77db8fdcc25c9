import { FarsimError, didYouMean, type EntitySpec } from '@farsim/core';
import type { BoundEntity, BoundJoint, FollowingJoint } from './bound-entity.ts';
import { folded, matchNames } from './match-names.ts';
import type { LoadedModel } from './loaded-model.ts';

/** Entities under another simulator's names and in its orders, and what the two do not share, one sentence each. */
export interface FollowedNames {
  readonly entities: readonly BoundEntity[];
  readonly remarks: readonly string[];
}

/**
 * Binds another simulator's entities to a model's by name, so that its states can be set as they are. Every joint of a matched
 * entity must be found: MAP_INVALID lists both sides. BASE_DIFFERS when one has a fixed base and the other a
 * floating one. A joint that only the model has follows its `equality/joint` or rests; entities and bodies of
 * one side only become remarks.
 */
export function followNames(
  loaded: LoadedModel,
  own: readonly BoundEntity[],
  others: Readonly<Record<string, EntitySpec>>,
): FollowedNames {
  const remarks: string[] = [];
  const free = new Set(own);
  const entities = Object.entries(others).flatMap(([name, other]) => {
    if (other.kind !== 'articulation' && other.kind !== 'rigid_object') return [];
    const match = findEntity(name, other, [...free]);
    if (!match) {
      remarks.push(`'${name}' is not in the model and is not shown`);
      return [];
    }
    free.delete(match);
    return [bindEntity(loaded, name, other, match, remarks)];
  });
  for (const { name } of free) remarks.push(`'${name}' is in the model only and stays where it is`);
  return { entities, remarks };
}

function findEntity(name: string, other: EntitySpec, own: readonly BoundEntity[]): BoundEntity | undefined {
  const alike = own.filter(({ spec }) => spec.kind === other.kind);
  const names = [name, other.root_body];
  const named =
    alike.find((entity) => names.includes(entity.name)) ??
    alike.find((entity) => names.map(folded).includes(folded(entity.name)));
  if (other.kind === 'rigid_object') return named ?? (alike.length === 1 ? alike[0] : undefined);
  const shared = (entity: BoundEntity): number =>
    matchNames(other.joint_names, entity.spec.joint_names).filter((k) => k >= 0).length;
  const best = alike.toSorted((a, b) => shared(b) - shared(a))[0];
  return named ?? (best && (shared(best) > 0 || alike.length === 1) ? best : undefined);
}

function bindEntity(
  loaded: LoadedModel,
  name: string,
  other: EntitySpec,
  own: BoundEntity,
  remarks: string[],
): BoundEntity {
  // a thing that flies there may be carried along here as a mocap body
  if (other.kind === 'articulation' && other.fixed_base !== own.spec.fixed_base) {
    const [a, b] = other.fixed_base ? ['fixed', 'floating'] : ['floating', 'fixed'];
    throw new FarsimError(
      'BASE_DIFFERS',
      `'${name}' has a ${a} base and the model's '${own.name}' a ${b} one`,
    );
  }
  const jointMatches = matchNames(other.joint_names, own.spec.joint_names);
  requireAll(name, other, own, jointMatches);
  const joints = Array.from(jointMatches, (k) => own.joints[k]!);
  const bodyMatches = Array.from(matchNames(other.body_names, own.spec.body_names));
  const known = other.body_names.filter((_, i) => bodyMatches[i]! >= 0);
  const lost = other.body_names.filter((_, i) => bodyMatches[i]! < 0);
  if (lost.length > 0) remarks.push(`'${name}' has bodies that the model has not: ${lost.join(', ')}`);
  const rootMatch = bodyMatches[other.body_names.indexOf(other.root_body)] ?? -1;
  return {
    name,
    spec: {
      ...own.spec,
      root_body: other.root_body,
      joint_names: other.joint_names,
      joint_types: joints.map(({ id }) => own.spec.joint_types[own.joints.findIndex((j) => j.id === id)]!),
      joint_limits: joints.map(({ id }) => loaded.jointLimits(id)),
      body_names: known,
    },
    root: own.base.kind === 'fixed' && rootMatch >= 0 ? own.bodies[rootMatch]! : own.root,
    base: own.base,
    joints,
    bodies: Int32Array.from(
      bodyMatches.filter((k) => k >= 0),
      (k) => own.bodies[k]!,
    ),
    followers: own.joints.flatMap((joint) =>
      joints.includes(joint) ? [] : followerOf(loaded, joint, name, joints, remarks),
    ),
  };
}

function requireAll(name: string, other: EntitySpec, own: BoundEntity, matches: Int32Array): void {
  const lost = other.joint_names.filter((_, i) => matches[i]! < 0);
  if (lost.length === 0) return;
  const known = own.spec.joint_names;
  throw new FarsimError(
    'MAP_INVALID',
    `${lost.map((joint) => `'${joint}'`).join(', ')} of '${name}' (${other.joint_names.length} joints: ${other.joint_names.join(', ')}) ` +
      `is no joint of the model's '${own.name}' (${known.length} joints: ${known.join(', ')})`,
    { suggestions: lost.flatMap((joint) => didYouMean(joint, known)) },
  );
}

const jointEquality = 2;

function followerOf(
  loaded: LoadedModel,
  joint: BoundJoint,
  entity: string,
  known: readonly BoundJoint[],
  remarks: string[],
): FollowingJoint[] {
  const { eq_type: types, eq_obj1id: first, eq_obj2id: second, eq_data: data, qpos0 } = loaded.model;
  const width = types.length > 0 ? data.length / types.length : 0;
  for (let i = 0; i < types.length; i++) {
    const leader = known.find(({ id }) => id === second[i]);
    if (types[i] !== jointEquality || first[i] !== joint.id || !leader) continue;
    const [c0, c1, c2, c3, c4] = data.subarray(i * width, i * width + 5);
    return [
      {
        ...joint,
        rest: qpos0[joint.qpos]!,
        leader: { ...leader, rest: qpos0[leader.qpos]! },
        coefficients: [c0!, c1!, c2!, c3!, c4!],
      },
    ];
  }
  remarks.push(
    `the joint '${loaded.jointName(joint.id)}' is in the model's '${entity}' only and rests where it is`,
  );
  return [];
}
