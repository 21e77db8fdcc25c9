import { FarsimError, type EntitySpec } from '@farsim/core';
import type { LoadedModel } from './loaded-model.ts';
import { joints } from '../engine/mujoco-module.ts';
import type { BoundEntity, BoundJoint } from './bound-entity.ts';
import { readMimics } from './joint-mimics.ts';

/**
 * Lists what moves in a model, one entity for each body of the world whose tree has a joint or that is a mocap body, named
 * after that body: an articulation when it has hinges or slides, else a rigid object. What is fixed for good is no
 * entity. Throws UNSUPPORTED for ball joints.
 */
export function readEntities(loaded: LoadedModel): BoundEntity[] {
  const { model } = loaded;
  const roots = Array.from(model.body_rootid);
  return [...new Set(roots)].flatMap((root) => {
    const bodies = roots.flatMap((of, body) => (of === root && body !== 0 ? [body] : []));
    const bound = root === 0 ? undefined : readEntity(loaded, root, bodies);
    return bound ? [bound] : [];
  });
}

function readEntity(loaded: LoadedModel, root: number, bodies: readonly number[]): BoundEntity | undefined {
  const { model } = loaded;
  const found = bodies.flatMap((body) => jointsOf(loaded, body));
  const types = model.jnt_type;
  const ball = found.find(({ id }) => types[id] === joints.ball);
  if (ball) {
    throw new FarsimError(
      'UNSUPPORTED',
      `the joint '${loaded.jointName(ball.id)}' is a ball joint; farsim's states have hinges and slides`,
      {
        suggestions: ['write it as three hinges'],
      },
    );
  }
  const free = found.find(({ id }) => types[id] === joints.free);
  const inner = found.filter(({ id }) => types[id] !== joints.free);
  const mocap = model.body_mocapid[root]!;
  if (!free && inner.length === 0 && mocap < 0) return undefined;
  return {
    name: loaded.bodyName(root),
    spec: entitySpec(loaded, root, bodies, inner, !free),
    root,
    base: free
      ? { kind: 'free', qpos: free.qpos, dof: free.dof }
      : mocap >= 0
        ? { kind: 'mocap', mocap }
        : { kind: 'fixed' },
    joints: inner,
    bodies: Int32Array.from(bodies),
  };
}

function jointsOf({ model }: LoadedModel, body: number): BoundJoint[] {
  const first = model.body_jntadr[body]!;
  return Array.from({ length: model.body_jntnum[body]! }, (_, k) => ({
    id: first + k,
    qpos: model.jnt_qposadr[first + k]!,
    dof: model.jnt_dofadr[first + k]!,
  }));
}

function entitySpec(
  loaded: LoadedModel,
  root: number,
  bodies: readonly number[],
  inner: readonly BoundJoint[],
  fixed: boolean,
): EntitySpec {
  const { model } = loaded;
  const mimics = readMimics(loaded, inner);
  const [x, y, z] = model.body_ipos.slice(root * 3, root * 3 + 3);
  return {
    kind: inner.length > 0 ? 'articulation' : 'rigid_object',
    fixed_base: fixed,
    root_body: loaded.bodyName(root),
    joint_names: inner.map(({ id }) => loaded.jointName(id)),
    joint_types: inner.map(({ id }) => (model.jnt_type[id] === joints.slide ? 'slide' : 'hinge')),
    joint_limits: inner.map(({ id }) => loaded.jointLimits(id)),
    ...(inner.length > 0 && { joint_rest: inner.map(({ qpos }) => model.qpos0[qpos]!) }),
    ...(mimics.length > 0 && { joint_mimics: mimics }),
    body_names: bodies.map((body) => loaded.bodyName(body)),
    root_com_offset: [x!, y!, z!],
  };
}
