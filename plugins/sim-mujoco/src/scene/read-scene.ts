import { geoms, type MujocoModel } from '../engine/mujoco-module.ts';
import { boxMesh, capsuleMesh, cylinderMesh, ellipsoidMesh } from './primitives.ts';
import { heightFieldMesh } from './height-field.ts';
import { readLights, readHeadlight } from './read-lights.ts';
import { readMaterial } from './read-material.ts';
import { readTextures } from './read-textures.ts';
import type { Scene, SceneMaterial, SceneMesh, ScenePlane, SceneShape, SceneTexture } from './scene.ts';
import { layTexture, readTextureMapping, type SceneForm } from './texture-mapping.ts';
import { meshOfModel } from './weld-mesh.ts';

/** Highest geom group that is shown, as in MuJoCo's own viewers. */
export const lastGroup = 2;

/** Copies what is to be seen of a compiled model: shown groups, and nothing that is fully transparent. Takes about 1 µs a triangle. */
export function readScene(model: MujocoModel): Scene {
  const textures = readTextures(model);
  const meshes: SceneMesh[] = [];
  const numbers = new Map<string, number>();
  const shapes: SceneShape[] = [];
  const planes: ScenePlane[] = [];
  for (let geom = 0; geom < model.ngeom; geom++) {
    const material = readMaterial(model, geom);
    if (model.geom_group[geom]! > lastGroup || material.rgba[3] === 0) continue;
    if (model.geom_type[geom] === geoms.plane) {
      planes.push(readPlane(model, geom, material));
      continue;
    }
    const form = formOf(model, geom);
    if (!form) continue;
    const kind = material.texture === undefined ? undefined : textures[material.texture]!.kind;
    const mapping = kind && readTextureMapping(model, geom, kind);
    const key = `${form.key} ${JSON.stringify(mapping)}`;
    const number = numbers.get(key) ?? meshes.push(layTexture(form.make(), mapping)) - 1;
    numbers.set(key, number);
    if (meshes[number]!.triangles.length > 0) shapes.push({ geom, mesh: number, material });
  }
  const { stat, vis } = model;
  const scene: Scene = {
    meshes,
    shapes,
    planes,
    textures,
    lights: readLights(model),
    headlight: readHeadlight(model),
    sky: skyOf(model, textures),
    extent: stat.extent,
    near: vis.map.znear * stat.extent,
  };
  stat.delete();
  vis.delete();
  return scene;
}

/** How to make a geom's form; equal keys make equal forms. */
function formOf(model: MujocoModel, geom: number): { key: string; make: () => SceneForm } | undefined {
  const type = model.geom_type[geom]!;
  const [x, y, z] = model.geom_size.slice(geom * 3, geom * 3 + 3) as unknown as [number, number, number];
  const data = model.geom_dataid[geom]!;
  const key = (...parts: number[]): string => [type, ...parts].join(' ');
  switch (type) {
    case geoms.sphere:
      return { key: key(x), make: () => ellipsoidMesh(x, x, x) };
    case geoms.ellipsoid:
      return { key: key(x, y, z), make: () => ellipsoidMesh(x, y, z) };
    case geoms.capsule:
      return { key: key(x, y), make: () => capsuleMesh(x, y) };
    case geoms.cylinder:
      return { key: key(x, y), make: () => cylinderMesh(x, y) };
    case geoms.box:
      return { key: key(x, y, z), make: () => boxMesh(x, y, z) };
    case geoms.mesh:
    case geoms.sdf:
      return data < 0 ? undefined : { key: key(data), make: () => meshOfModel(model, data) };
    case geoms.heightField:
      return { key: key(data), make: () => heightFieldMesh(model, data) };
    default:
      return undefined;
  }
}

function readPlane(model: MujocoModel, geom: number, material: SceneMaterial): ScenePlane {
  const [x, y] = model.geom_size.slice(geom * 3, geom * 3 + 2) as unknown as [number, number];
  const mapping = material.texture === undefined ? undefined : readTextureMapping(model, geom, 'flat');
  const [u, v] = mapping?.kind === 'flat' ? mapping.repeats : [1, 1];
  // a finite side has the texture from its edge on, an infinite one has its middle at the origin
  const begin = x > 0 && y > 0 ? 0 : -0.5;
  return {
    geom,
    halfX: x || Infinity,
    halfY: y || Infinity,
    repeats: [u / (2 * (x || 1)), v / (2 * (y || 1))],
    origin: [begin + (x > 0 ? u / 2 : 0), begin + (y > 0 ? v / 2 : 0)],
    material,
  };
}

const skybox = 2;

function skyOf(
  { tex_type: types }: MujocoModel,
  textures: readonly SceneTexture[],
): SceneTexture | undefined {
  return textures[types.indexOf(skybox)];
}
