import { collectModelFiles } from '../src/collect-model-files.ts';
import { compileModel } from '../src/engine/compile-model.ts';
import { loadEngine } from '../src/engine/engine.ts';
import { defaultModelCache } from '../src/engine/model-cache.ts';
import type { CameraPose, ScenePoses } from '../src/painter/picture-request.ts';
import { readScene } from '../src/scene/read-scene.ts';
import type { Scene } from '../src/scene/scene.ts';
import { freeCameraPose, namedCameraPose } from '../src/world/camera-pose.ts';
import { LoadedModel } from '../src/world/loaded-model.ts';
import { MujocoWorld } from '../src/world/mujoco-world.ts';
import { scenePoses } from '../src/world/world-painter.ts';

/** A model at its first keyframe, or as its file has it: everything that a painter needs for a picture. */
export interface PosedModel {
  readonly scene: Scene;
  readonly poses: ScenePoses;
  /** By name; `free` is the model's free camera. */
  readonly cameras: Readonly<Record<string, CameraPose>>;
}

/** Compiles an MJCF file here and poses it; `qpos` replaces the keyframe's. Nothing of the engine is left. */
export async function poseModel(file: string, qpos?: readonly number[]): Promise<PosedModel> {
  const engine = await loadEngine();
  const files = await collectModelFiles(file);
  const binary = await compileModel(files, { version: engine.version, cache: defaultModelCache() });
  const loaded = new LoadedModel(engine, binary);
  const { model } = loaded;
  const world = new MujocoWorld(loaded, 0);
  world.reset(model.nkey > 0 ? 0 : undefined);
  if (qpos) world.data.qpos.set(qpos);
  world.updateViews();
  const cameras = Object.fromEntries(
    loaded.cameraNames().map((name, id) => [name, namedCameraPose(model, world.data, id)]),
  );
  const posed: PosedModel = {
    scene: readScene(model),
    poses: scenePoses(world.data),
    cameras: { ...cameras, free: freeCameraPose(model) },
  };
  world.data.delete();
  model.delete();
  return posed;
}
