import type { MujocoModel } from '../engine/mujoco-module.ts';
import type { Colour, SceneHeadlight, SceneLight } from './scene.ts';

const kinds = ['spot', 'directional', 'point'] as const;

/** Lights that are on; image-based ones are left out. */
export function readLights(model: MujocoModel): SceneLight[] {
  return Array.from({ length: model.nlight }, (_, light) => light).flatMap((light): SceneLight[] => {
    const accessor = model.light(light);
    const { active, castshadow } = accessor;
    accessor.delete();
    const kind = kinds[model.light_type[light]!];
    if (!active || !kind) return [];
    return [
      {
        kind,
        light,
        ambient: colour(model.light_ambient, light),
        diffuse: colour(model.light_diffuse, light),
        specular: colour(model.light_specular, light),
        attenuation: colour(model.light_attenuation, light),
        cutoff: (model.light_cutoff[light]! * Math.PI) / 180,
        exponent: model.light_exponent[light]!,
        castsShadow: castshadow,
      },
    ];
  });
}

/** The light at the camera; undefined when the model turns it off. */
export function readHeadlight(model: MujocoModel): SceneHeadlight | undefined {
  const { vis } = model;
  const { active, ambient, diffuse, specular } = vis.headlight;
  const light = { ambient: colour(ambient, 0), diffuse: colour(diffuse, 0), specular: colour(specular, 0) };
  vis.delete();
  return active ? light : undefined;
}

function colour(from: Float32Array, index: number): Colour {
  return [from[index * 3]!, from[index * 3 + 1]!, from[index * 3 + 2]!];
}
