export { default } from './mujoco.ts';
export { default as mujocoNative } from './native.ts';
export { collectModelFiles } from './collect-model-files.ts';
export {
  readModelNumbers,
  type BodyNumbers,
  type EntityNumbers,
  type JointNumbers,
  type ModelNumbers,
} from './read-model-numbers.ts';
export { openMujoco, type MujocoOptions } from './world/open-mujoco.ts';
export { openPlayback, Playback, type BodyPoses, type PlaybackOptions } from './world/playback.ts';
export type * from './scene/scene.ts';
export { readScene } from './scene/read-scene.ts';
export { SoftwarePainter } from './painter/software-painter.ts';
export type { CameraPose, Picture, PictureRequest, ScenePoses } from './painter/picture-request.ts';
