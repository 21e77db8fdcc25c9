import { geoms, type MujocoModel } from '../engine/mujoco-module.ts';
import { boxMesh, capsuleMesh, cylinderMesh, ellipsoidMesh } from './primitives.ts';
import { heightFieldMesh } from './height-field.ts';
import { readLights, readHeadlight } from './read-lights.ts';
import { readMaterial } from './read-material.ts';
import { readTextures } from './read-textures.ts';
import type { Scene, SceneMesh, ScenePlane, SceneShape, SceneTexture } from './scene.ts';
import { meshOfModel } from './weld-mesh.ts';

/** Highest geom group that is shown, as in MuJoCo's own viewers. */
const lastGroup = 2;

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
      planes.push(readPlane(model, geom));
      continue;
    }
    const form = formOf(model, geom, material.texture === undefined ? undefined : textures[material.texture]);
    if (!form) continue;
    const number = numbers.get(form.key) ?? meshes.push(form.make()) - 1;
    numbers.set(form.key, number);
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

/** How to make a geom's mesh; equal keys make equal meshes. */
function formOf(
  model: MujocoModel,
  geom: number,
  texture: SceneTexture | undefined,
): { key: string; make: () => SceneMesh } | undefined {
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
      return { key: `${key(x, y, z)} ${texture?.kind}`, make: () => boxMesh(x, y, z, texture?.kind) };
    case geoms.mesh:
    case geoms.sdf:
      return data < 0 ? undefined : { key: key(data), make: () => meshOfModel(model, data) };
    case geoms.heightField:
      return { key: key(data), make: () => heightFieldMesh(model, data) };
    default:
      return undefined;
  }
}

function readPlane(model: MujocoModel, geom: number): ScenePlane {
  const [halfX, halfY] = model.geom_size.slice(geom * 3, geom * 3 + 2);
  const id = model.geom_matid[geom]!;
  let repeats: [number, number] = [1, 1];
  if (id >= 0) {
    const material = model.mat(id);
    const [u, v] = model.mat_texrepeat.slice(id * 2, id * 2 + 2);
    // uniform: repeats in a metre; else in the whole plane, or in a metre when that is infinite
    repeats = material.texuniform ? [u! / 2, v! / 2] : [u! / (2 * (halfX! || 1)), v! / (2 * (halfY! || 1))];
    material.delete();
  }
  return {
    geom,
    halfX: halfX! || Infinity,
    halfY: halfY! || Infinity,
    repeats,
    material: readMaterial(model, geom),
  };
}

const skybox = 2;

function skyOf(
  { tex_type: types }: MujocoModel,
  textures: readonly SceneTexture[],
): SceneTexture | undefined {
  return textures[types.indexOf(skybox)];
}
