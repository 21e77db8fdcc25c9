import type { MujocoModel } from '../engine/mujoco-module.ts';
import type { SceneMaterial } from './scene.ts';

const unset = [0.5, 0.5, 0.5, 1];
const colourRole = 1;

/** A geom's own colour counts unless it is MuJoCo's default grey and the geom has a material. */
export function readMaterial(model: MujocoModel, geom: number): SceneMaterial {
  const own = Array.from(model.geom_rgba.subarray(geom * 4, geom * 4 + 4));
  const id = model.geom_matid[geom]!;
  if (id < 0) return { rgba: quadruple(own), specular: 0.5, shininess: 0.5, emission: 0 };
  const isUnset = own.every((value, i) => value === unset[i]);
  const roles = model.mat_texid.length / model.nmat;
  const texture = model.mat_texid[id * roles + colourRole]!;
  return {
    rgba: quadruple(isUnset ? Array.from(model.mat_rgba.subarray(id * 4, id * 4 + 4)) : own),
    specular: model.mat_specular[id]!,
    shininess: model.mat_shininess[id]!,
    emission: model.mat_emission[id]!,
    ...(texture >= 0 && { texture }),
  };
}

function quadruple([r, g, b, a]: readonly number[]): readonly [number, number, number, number] {
  return [r!, g!, b!, a!];
}
