import { FarsimError, didYouMean, type FreeCamera, type Image, type View } from '@farsim/core';
import { Painter } from '../painter/painter.ts';
import type { CameraPose, ScenePoses } from '../painter/picture-request.ts';
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
    return Promise.all(
      worlds.map(async ([env, world]): Promise<Image> => {
        world.updateViews();
        const pose =
          id === undefined ? this.#freePose(camera as FreeCamera | undefined) : this.#namedPose(world, id);
        const request = { width, height, camera: pose, poses: posesOf(world), samples: 2 as const, overlay };
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

  #namedPose({ data }: MujocoWorld, id: number): CameraPose {
    const [x, y, z] = data.cam_xpos.subarray(id * 3, id * 3 + 3);
    return {
      position: [x!, y!, z!],
      axes: data.cam_xmat.slice(id * 9, id * 9 + 9),
      fovy: (this.#loaded.model.cam_fovy[id]! * Math.PI) / 180,
    };
  }

  /** As MuJoCo's: without a wish it looks at the model's centre from one and a half extents. */
  #freePose(free: FreeCamera | undefined): CameraPose {
    const { stat, vis } = this.#loaded.model;
    const { fovy, azimuth, elevation } = vis.global;
    const wish = free ?? {
      lookAt: Array.from(stat.center) as unknown as FreeCamera['lookAt'],
      distance: 1.5 * stat.extent,
      azimuth: (azimuth * Math.PI) / 180,
      elevation: (elevation * Math.PI) / 180,
    };
    stat.delete();
    vis.delete();
    return lookAt(wish, free?.fovy ?? (fovy * Math.PI) / 180);
  }
}

function lookAt({ lookAt: target, distance, azimuth, elevation }: FreeCamera, fovy: number): CameraPose {
  const [ca, sa, ce, se] = [Math.cos(azimuth), Math.sin(azimuth), Math.cos(elevation), Math.sin(elevation)];
  const forward = [ce * ca, ce * sa, se] as const;
  const up = [-se * ca, -se * sa, ce] as const;
  const right = [sa, -ca, 0] as const;
  return {
    position: [0, 1, 2].map((k) => target[k]! - distance * forward[k]!) as unknown as CameraPose['position'],
    axes: [0, 1, 2].flatMap((k) => [right[k]!, up[k]!, -forward[k]!]),
    fovy,
  };
}

function posesOf({ data }: MujocoWorld): ScenePoses {
  return {
    geomPositions: data.geom_xpos.slice(),
    geomRotations: data.geom_xmat.slice(),
    lightPositions: data.light_xpos.slice(),
    lightDirections: data.light_xdir.slice(),
  };
}
