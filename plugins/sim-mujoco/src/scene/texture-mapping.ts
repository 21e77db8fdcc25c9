import { geoms, type MujocoModel } from '../engine/mujoco-module.ts';
import type { SceneMesh, SceneTexture } from './scene.ts';

/** A shape before a texture is laid on it. */
export interface SceneForm extends Omit<SceneMesh, 'directions'> {
  /** `[V, 3]` places on the shape as it is before its sizes are applied; the positions where absent. */
  readonly units?: Float32Array;
}

/** How a material's texture lies on a geom. */
export type TextureMapping =
  | {
      readonly kind: 'flat';
      /** What texture coordinates are multiplied by. */
      readonly repeats: readonly [number, number];
      /** Repeats in two metres along x and y, for a form without texture coordinates: seen from above. */
      readonly above: readonly [number, number];
    }
  | { readonly kind: 'cube'; readonly scale: readonly [number, number, number] };

/** As MuJoCo's own renderer has it (`settexture` in render_gl3.c); a uniform texture repeats by metres, not by the size of the geom. */
export function readTextureMapping(
  model: MujocoModel,
  geom: number,
  kind: SceneTexture['kind'],
): TextureMapping {
  const [x, y, z] = halfSizes(model, geom);
  const id = model.geom_matid[geom]!;
  const [u, v] = model.mat_texrepeat.slice(id * 2, id * 2 + 2) as unknown as [number, number];
  const material = model.mat(id);
  const { texuniform: uniform } = material;
  material.delete();
  if (kind === 'cube') return { kind, scale: uniform ? [x, y, z] : [1, 1, 1] };
  const metres = uniform ? [x || 1, y || 1] : [1, 1];
  const sizes = model.geom_dataid[geom]! < 0 ? [1, 1] : [x || 1, y || 1];
  return {
    kind,
    repeats: [(u || 1) * metres[0]!, (v || 1) * metres[1]!],
    above: [(u * metres[0]!) / sizes[0]!, (v * metres[1]!) / sizes[1]!],
  };
}

/** Along the geom's own axes; 0 where a plane has no end. */
function halfSizes(model: MujocoModel, geom: number): readonly [number, number, number] {
  const [a, b, c] = model.geom_size.slice(geom * 3, geom * 3 + 3) as unknown as [number, number, number];
  switch (model.geom_type[geom]) {
    case geoms.sphere:
      return [a, a, a];
    case geoms.capsule:
    case geoms.cylinder:
      return [a, a, b];
    default:
      return [a, b, c];
  }
}

/** Gives a form what its texture needs: coordinates, directions for a cube map, or nothing. */
export function layTexture(
  { units, uvs, ...mesh }: SceneForm,
  mapping: TextureMapping | undefined,
): SceneMesh {
  if (!mapping) return mesh;
  if (mapping.kind === 'cube')
    return {
      ...mesh,
      directions: (units ?? mesh.positions).map((value, i) => value * mapping.scale[i % 3]!),
    };
  const { repeats, above } = mapping;
  if (uvs) return { ...mesh, uvs: uvs.map((value, i) => value * repeats[i % 2]!) };
  const seen = new Float32Array((mesh.positions.length / 3) * 2);
  for (let i = 0; i < seen.length / 2; i++) {
    seen[i * 2] = (above[0] * mesh.positions[i * 3]! - 1) / 2;
    seen[i * 2 + 1] = (-above[1] * mesh.positions[i * 3 + 1]! - 1) / 2;
  }
  return { ...mesh, uvs: seen };
}
