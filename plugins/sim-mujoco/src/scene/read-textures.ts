import type { MujocoModel } from '../engine/mujoco-module.ts';
import type { SceneTexture } from './scene.ts';

/** Copies all textures, by their numbers in the model. */
export function readTextures(model: MujocoModel): SceneTexture[] {
  return Array.from({ length: model.ntex }, (_, id): SceneTexture => {
    const [width, height, channels] = [model.tex_width[id]!, model.tex_height[id]!, model.tex_nchannel[id]!];
    const from = Number(model.tex_adr[id]!);
    return {
      kind: model.tex_type[id] === 0 ? 'flat' : 'cube',
      width,
      height,
      channels,
      data: model.tex_data.slice(from, from + width * height * channels),
    };
  });
}
