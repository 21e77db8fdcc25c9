import type { SceneTexture } from '../scene/scene.ts';

/** The background in any direction: the model's sky, or a quiet gradient where it has none. */
export class Sky {
  /** The newest result: red, green, blue. */
  readonly colour = new Float64Array(3);
  readonly #cube: SceneTexture | undefined;

  constructor(cube: SceneTexture | undefined) {
    this.#cube = cube && cube.height === 6 * cube.width ? cube : undefined;
  }

  /** Looks along a direction of any length, Z up. */
  look(x: number, y: number, z: number): void {
    if (this.#cube) this.#sample(this.#cube, x, z, -y);
    else gradient(z / Math.sqrt(x * x + y * y + z * z), this.colour);
  }

  /** OpenGL's rule for cube maps; colours between texels are mixed within a face. */
  #sample({ width, channels, data }: SceneTexture, x: number, y: number, z: number): void {
    const ax = Math.abs(x);
    const ay = Math.abs(y);
    const az = Math.abs(z);
    let face: number;
    let s: number;
    let t: number;
    if (ax >= ay && ax >= az) {
      face = x > 0 ? 0 : 1;
      s = (x > 0 ? -z : z) / ax;
      t = -y / ax;
    } else if (ay >= az) {
      face = y > 0 ? 2 : 3;
      s = x / ay;
      t = (y > 0 ? z : -z) / ay;
    } else {
      face = z > 0 ? 4 : 5;
      s = (z > 0 ? x : -x) / az;
      t = -y / az;
    }
    const u = Math.min(width - 1.001, Math.max(0, ((s + 1) / 2) * width - 0.5));
    const v = Math.min(width - 1.001, Math.max(0, ((t + 1) / 2) * width - 0.5));
    const column = Math.floor(u);
    const row = Math.floor(v);
    const fx = u - column;
    const fy = v - row;
    const a = ((face * width + row) * width + column) * channels;
    const b = a + (width > 1 ? channels : 0);
    const down = width > 1 ? width * channels : 0;
    for (let k = 0; k < 3; k++) {
      const top = data[a + k]! + (data[b + k]! - data[a + k]!) * fx;
      const bottom = data[a + down + k]! + (data[b + down + k]! - data[a + down + k]!) * fx;
      this.colour[k] = (top + (bottom - top) * fy) / 255;
    }
  }
}

const horizon = [0.93, 0.94, 0.955] as const;
const zenith = [0.62, 0.71, 0.82] as const;
const nadir = [0.72, 0.73, 0.76] as const;

function gradient(height: number, colour: Float64Array): void {
  const towards = height > 0 ? zenith : nadir;
  const share = 1 - (1 - Math.min(1, Math.abs(height))) ** 2;
  for (let k = 0; k < 3; k++) colour[k] = horizon[k]! + (towards[k]! - horizon[k]!) * share;
}
