import {
  f32,
  type Quaternion,
  type Tensor,
  type Vector3,
  type Visuals,
  type VisualShape,
} from '@farsim/core';
import { geoms, objects, type MujocoModel } from '../engine/mujoco-module.ts';
import type { BoundEntity } from '../world/bound-entity.ts';
import type { LoadedModel } from '../world/loaded-model.ts';
import { quaternionOfMatrix } from './quaternion-of-matrix.ts';
import { readMaterial } from './read-material.ts';
import { lastGroup } from './read-scene.ts';

/** Numbers of a geom's size by its type; others are not told. */
const forms: Readonly<Record<number, readonly [VisualShape['type'], number]>> = {
  [geoms.plane]: ['plane', 2],
  [geoms.sphere]: ['sphere', 1],
  [geoms.capsule]: ['capsule', 2],
  [geoms.ellipsoid]: ['ellipsoid', 3],
  [geoms.cylinder]: ['cylinder', 2],
  [geoms.box]: ['box', 3],
  [geoms.mesh]: ['mesh', 0],
};

/** What is seen of a model, height fields aside, as another simulator can draw it. */
export function readVisuals(loaded: LoadedModel, entities: readonly BoundEntity[]): Visuals {
  const { model, engine } = loaded;
  const { module } = engine;
  const data = new module.MjData(model);
  module.mj_kinematics(model, data);
  const owners = new Map<number, string>();
  for (const { name, spec, bodies } of entities)
    bodies.forEach((body, i) => owners.set(body, `${name}/${spec.body_names[i]}`));
  const meshes = new Map<number, MeshTensors>();
  const shapes = Array.from({ length: model.ngeom }, (_, geom): VisualShape | undefined => {
    const [type, width] = forms[model.geom_type[geom]!] ?? [];
    const { rgba } = readMaterial(model, geom);
    if (type === undefined || rgba[3] === 0 || model.geom_group[geom]! > lastGroup) return undefined;
    const owner = owners.get(model.geom_bodyid[geom]!);
    const name = module.mj_id2name(model, objects.geom, geom);
    return {
      body: owner ?? 'world',
      ...(module.mj_name2id(model, objects.geom, name) === geom && name !== '' && { name }),
      type,
      size: Array.from(model.geom_size.subarray(geom * 3, geom * 3 + width!)),
      // what hangs on no entity stays where the world has it
      pos: tuple<Vector3>(owner === undefined ? data.geom_xpos : model.geom_pos, geom, 3),
      quat:
        owner === undefined
          ? quaternionOfMatrix(data.geom_xmat.subarray(geom * 9, geom * 9 + 9))
          : tuple<Quaternion>(model.geom_quat, geom, 4),
      rgba,
      ...(type === 'mesh' && meshOf(model, model.geom_dataid[geom]!, meshes)),
    };
  });
  data.delete();
  return { shapes: shapes.filter((shape) => shape !== undefined) };
}

interface MeshTensors {
  readonly vertices: Tensor;
  readonly indices: Tensor;
}

function meshOf(model: MujocoModel, number: number, meshes: Map<number, MeshTensors>): MeshTensors {
  const known = meshes.get(number);
  if (known) return known;
  const [vertex, vertices] = [model.mesh_vertadr[number]!, model.mesh_vertnum[number]!];
  const [face, faces] = [model.mesh_faceadr[number]!, model.mesh_facenum[number]!];
  const corners = Uint32Array.from(model.mesh_face.subarray(face * 3, (face + faces) * 3));
  const mesh = {
    vertices: f32(model.mesh_vert.slice(vertex * 3, (vertex + vertices) * 3), [vertices, 3]),
    indices: { dtype: 'u32', shape: [faces, 3], data: corners } as const,
  };
  meshes.set(number, mesh);
  return mesh;
}

function tuple<Of>(array: Float64Array, row: number, width: number): Of {
  return Array.from(array.subarray(row * width, (row + 1) * width)) as Of;
}
