import { FarsimError, didYouMean, type FreeCamera, type Image, type View } from '@farsim/core';
import type { MujocoData } from '../engine/mujoco-module.ts';
import { Painter } from '../painter/painter.ts';
import type { ScenePoses } from '../painter/picture-request.ts';
import { freeCameraPose, namedCameraPose } from './camera-pose.ts';
import type { LoadedModel } from './loaded-model.ts';
import { availableParallelism } from 'node:os';
import type { MujocoWorld } from './mujoco-world.ts';

const largestSide = 8192;

/** Cores that one world's pictures may take; each costs a worker and a copy of the scene. */
const mostPainters = Math.min(2, availableParallelism());

/** Draws worlds of one model. A worker starts with the first picture, about 0.2 s before that comes, and another when pictures wait. */
export class WorldPainter implements AsyncDisposable {
  readonly #loaded: LoadedModel;
  readonly #cameras: readonly string[];
  #binary: Uint8Array | undefined;
  readonly #painters: Painter[] = [];

  constructor(loaded: LoadedModel, binary: Uint8Array) {
    this.#loaded = loaded;
    this.#binary = binary;
    this.#cameras = loaded.cameraNames();
  }

  /** Throws BAD_ARGUMENT for a name that is no camera. */
  requireCamera(name: string): number {
    const id = this.#cameras.indexOf(name);
    if (id >= 0) return id;
    throw new FarsimError(
      'BAD_ARGUMENT',
      `'${name}' is no camera of the model (${this.#cameras.join(', ') || 'it has none'})`,
      { suggestions: didYouMean(name, this.#cameras) },
    );
  }

  /** Draws each world as it is at this moment. Throws UNSUPPORTED for jpeg, BAD_ARGUMENT for a size or a camera that cannot be. */
  draw(worlds: readonly (readonly [env: number, world: MujocoWorld])[], view: View): Promise<Image[]> {
    const { width, height, encoding = 'raw', overlay = [], camera = this.#cameras[0] } = view;
    if (encoding === 'jpeg') {
      throw new FarsimError('UNSUPPORTED', 'MuJoCo here makes raw and png pictures, no jpeg', {
        suggestions: ["encoding: 'png'"],
      });
    }
    for (const side of [width, height]) {
      if (!Number.isInteger(side) || side < 1 || side > largestSide)
        throw new FarsimError('BAD_ARGUMENT', `a picture of ${width}×${height} cannot be drawn`);
    }
    const id = typeof camera === 'string' ? this.requireCamera(camera) : undefined;
    const name = typeof camera === 'string' ? camera : 'free';
    const { model } = this.#loaded;
    return Promise.all(
      worlds.map(async ([env, world]): Promise<Image> => {
        world.updateViews();
        const pose =
          id === undefined
            ? freeCameraPose(model, camera as FreeCamera | undefined)
            : namedCameraPose(model, world.data, id);
        const request = {
          width,
          height,
          camera: pose,
          poses: scenePoses(world.data),
          samples: 2 as const,
          overlay,
        };
        const data = await this.#idlest().draw(request, encoding);
        return { camera: name, env, encoding, width, height, data };
      }),
    );
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#binary = undefined;
    await Promise.all(this.#painters.map((painter) => painter[Symbol.asyncDispose]()));
  }

  /** The painter with the least to do; a new one when all are busy and there may be more. */
  #idlest(): Painter {
    const idlest = this.#painters.toSorted((a, b) => a.busy - b.busy)[0];
    if (idlest && (idlest.busy === 0 || !this.#binary)) return idlest;
    const painter = new Painter(this.#binary!);
    if (this.#painters.push(painter) === mostPainters) this.#binary = undefined;
    return painter;
  }
}

/** Copies where everything is that a picture shows. */
export function scenePoses(data: MujocoData): ScenePoses {
  return {
    geomPositions: data.geom_xpos.slice(),
    geomRotations: data.geom_xmat.slice(),
    lightPositions: data.light_xpos.slice(),
    lightDirections: data.light_xdir.slice(),
  };
}
