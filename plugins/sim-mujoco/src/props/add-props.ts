import { posix } from 'node:path';
import type { EntitySpec, ModelFiles, Visuals, VisualShape } from '@farsim/core';
import { propBody } from './prop-body.ts';
import { PropMeshes, halfSizes, writeGeom } from './prop-geom.ts';

/** What a model is to be given from another simulator's scene. */
export interface WantedProps {
  readonly visuals: Visuals;
  /** Entities of that simulator that the model has not. */
  readonly entities: Readonly<Record<string, EntitySpec>>;
  /** Also what never moves there; endless planes are left to the model. */
  readonly world: boolean;
  /** Names of bodies that the model has. */
  readonly taken: ReadonlySet<string>;
}

/** A model with props in it. */
export interface ProppedModel {
  readonly files: ModelFiles;
  /** The body that shows an entity, by the entity's name. */
  readonly bodies: Readonly<Record<string, string>>;
  /** What cannot be shown, one sentence each. */
  readonly remarks: readonly string[];
}

const entryName = 'farsim-props.xml';

/**
 * Puts the shapes of things that a model lacks into it, as text, before it is compiled: things that fly as free bodies, fixed
 * ones as mocap bodies, what is fixed in the world in the world, unless it is as large as a ground. Simple shapes collide, meshes do not. Keyframes of the model
 * are lengthened by the new bodies' poses. Undefined when there is nothing to add.
 */
export function addProps({ entry, files }: ModelFiles, wanted: WantedProps): ProppedModel | undefined {
  const meshes = new PropMeshes();
  const bodies: Record<string, string> = {};
  const remarks: string[] = [];
  const world: string[] = wanted.world
    ? worldShapes(wanted.visuals).map((shape) => writeGeom(shape, meshes))
    : [];
  const added = { free: 0, mocap: 0 };
  for (const [name, spec] of Object.entries(wanted.entities)) {
    const shapes = wanted.visuals.shapes.filter(
      (shape) => shape.body.startsWith(`${name}/`) && canBeGeom(shape),
    );
    if (shapes.length === 0) remarks.push(`'${name}' has no shapes in the far scene: it is not shown`);
    else if (spec.kind !== 'rigid_object' || spec.body_names.length > 1)
      remarks.push(`'${name}' has joints: it is not shown as a prop; put it into the model`);
    else {
      const body = unused(name, wanted.taken);
      bodies[name] = body;
      added[spec.fixed_base ? 'mocap' : 'free']++;
      world.push(propBody(body, spec.fixed_base, shapes, meshes));
    }
  }
  if (world.length === 0) return undefined;
  const text = `<mujoco>
<include file="${posix.basename(entry)}"/>
<asset>
${meshes.assets.join('\n')}
</asset>
<worldbody>
${world.join('\n')}
</worldbody>
</mujoco>
`;
  const wrapper = posix.join(posix.dirname(entry), entryName);
  const lengthened = new Map(
    [...files].map(([name, bytes]) => [name, name.endsWith('.xml') ? lengthenKeys(bytes, added) : bytes]),
  );
  return {
    files: { entry: wrapper, files: lengthened.set(wrapper, Buffer.from(text)) },
    bodies,
    remarks,
  };
}

/** Metres: what is fixed in the world and larger is a ground, and the model has its own. */
const largestProp = 10;

function worldShapes({ shapes }: Visuals): VisualShape[] {
  return shapes.filter(
    (shape) =>
      shape.body === 'world' &&
      shape.type !== 'plane' &&
      canBeGeom(shape) &&
      Math.max(...halfSizes(shape)) <= largestProp,
  );
}

/** MuJoCo's meshes have four corners at least. */
function canBeGeom({ vertices }: VisualShape): boolean {
  return !vertices || vertices.shape[0]! >= 4;
}

function unused(name: string, taken: ReadonlySet<string>): string {
  let body = name;
  for (let i = 1; taken.has(body); i++) body = `${name} prop ${i}`;
  return body;
}

/** The new bodies come last, so that their numbers are the end of each array of a keyframe. */
function lengthenKeys(
  bytes: Uint8Array,
  added: { readonly free: number; readonly mocap: number },
): Uint8Array {
  const text = Buffer.from(bytes).toString('utf8');
  if (!text.includes('<key')) return bytes;
  const ends = {
    qpos: ' 0 0 0 1 0 0 0'.repeat(added.free),
    qvel: ' 0 0 0 0 0 0'.repeat(added.free),
    mpos: ' 0 0 0'.repeat(added.mocap),
    mquat: ' 1 0 0 0'.repeat(added.mocap),
  };
  const longer = text.replace(/<key\b[^>]*>/g, (key) =>
    Object.entries(ends).reduce(
      (tag, [name, end]) => tag.replace(new RegExp(`(\\b${name}\\s*=\\s*["'][^"']*)`), `$1${end}`),
      key,
    ),
  );
  return Buffer.from(longer);
}
