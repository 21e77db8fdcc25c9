import { FarsimError, type FreeCamera, type Simulator, type WorldState } from '@farsim/core';

/** Pixels. */
export interface Size {
  readonly width: number;
  readonly height: number;
}

const firstEnv = Int32Array.of(0);

/** Draws states with a simulator that can be put in them. */
export class Painter {
  readonly #view: Required<Pick<Simulator, 'setState' | 'render'>>;
  readonly #camera: string | FreeCamera | undefined;

  /** Throws UNSUPPORTED when the simulator cannot draw or be put in a state. */
  constructor(view: Simulator, camera: string | FreeCamera | undefined) {
    if (!view.setState || !view.render) {
      const lacks = view.render ? 'its state cannot be set' : 'it cannot draw';
      throw new FarsimError('UNSUPPORTED', `'${view.spec.sim}' cannot make a video: ${lacks}`, {
        suggestions: ['name a simulator that draws, such as `view: { use: mujoco, model: from plant }`'],
      });
    }
    this.#view = { setState: view.setState.bind(view), render: view.render.bind(view) };
    this.#camera = camera;
  }

  /** One picture, `[height, width, 3]` u8, with lines of text at its top left. Calls take effect in order; the next may be made at once. */
  async draw(state: WorldState, { width, height }: Size, overlay: readonly string[]): Promise<Uint8Array> {
    const camera = this.#camera === undefined ? {} : { camera: this.#camera };
    // made in one go, so that nobody else's call on the view comes between them
    const put = this.#view.setState(state, { envs: firstEnv });
    const drawn = this.#view.render(
      { ...camera, width, height, encoding: 'raw', overlay },
      { envs: firstEnv },
    );
    const [, images] = await Promise.all([put, drawn]);
    const pixels = images[0]?.data;
    if (pixels?.length !== width * height * 3) {
      throw new FarsimError(
        'RENDER_FAILED',
        `the view gave ${pixels?.length ?? 'no'} bytes for a picture of ${width}×${height}`,
      );
    }
    return pixels;
  }
}
