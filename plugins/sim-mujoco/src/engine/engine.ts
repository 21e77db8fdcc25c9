import loadMujoco from '@mujoco/mujoco';
import type { ModelFiles } from '@farsim/core';
import { shareWasmAmongThreads } from '@farsim/core/worker';
import { posix } from 'node:path';
import type { MujocoModel, MujocoModule } from './mujoco-module.ts';
import { engineCall } from './mujoco-errors.ts';

const modelFile = '/model.mjb';

shareWasmAmongThreads();

/**
 * One instance of the WASM engine, with a heap of its own that ends with it: one for each model, so that loading one never
 * detaches another's views. Loading takes about 0.1 s.
 */
export async function loadEngine(): Promise<Engine> {
  // the engine's own warnings are read from mjData, where they have numbers
  const silent = { print: () => undefined, printErr: () => undefined };
  return new Engine((await loadMujoco(silent)) as unknown as MujocoModule);
}

export class Engine {
  readonly module: MujocoModule;

  constructor(module: MujocoModule) {
    this.module = module;
  }

  /** Of the engine, such as `3.14.0`; a binary model is good for exactly this one. */
  get version(): string {
    return this.module.mj_versionString();
  }

  /** Compiles an MJCF or URDF file to a binary model. Takes seconds for models with large meshes: call it in a worker. Throws MODEL_INVALID. */
  compile({ entry, files }: ModelFiles): Uint8Array {
    const { FS, MjModel, mj_saveModel } = this.module;
    for (const [name, content] of files) {
      FS.mkdirTree(posix.dirname(`/model/${name}`));
      FS.writeFile(`/model/${name}`, content);
    }
    return engineCall('MODEL_INVALID', `the model '${entry}' was refused`, () => {
      const model = MjModel.from_xml_path(`/model/${entry}`);
      mj_saveModel(model, modelFile, null);
      model.delete();
      return FS.readFile(modelFile);
    });
  }

  /** Loads what {@link compile} gave; the caller deletes it. Throws MODEL_INVALID. */
  load(binary: Uint8Array): MujocoModel {
    const { FS, MjModel, MjVFS } = this.module;
    const vfs = new MjVFS();
    FS.writeFile(modelFile, binary);
    try {
      return engineCall('MODEL_INVALID', 'the compiled model was refused', () =>
        MjModel.from_binary_path(modelFile, vfs),
      );
    } finally {
      FS.unlink(modelFile);
      vfs.delete();
    }
  }
}
