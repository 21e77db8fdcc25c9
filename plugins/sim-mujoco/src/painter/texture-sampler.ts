import type { SceneTexture } from '../scene/scene.ts';

interface Level {
  readonly width: number;
  readonly height: number;
  /** `[height, width, 3]`, 0 to 1. */
  readonly texels: Float32Array;
}

/** A flat texture that repeats, in all sizes down to its mean. */
export class TextureSampler {
  /** The newest result: red, green, blue. */
  readonly colour = new Float64Array(3);
  readonly width: number;
  readonly height: number;
  readonly #levels: readonly Level[];

  constructor(texture: SceneTexture) {
    this.width = texture.width;
    this.height = texture.height;
    const levels = [firstLevel(texture)];
    for (let level = levels[0]!; level.width > 1 || level.height > 1; levels.push(level))
      level = halved(level);
    this.#levels = levels;
  }

  /**
   * Looks at u, v (1 is one repeat, v downwards) through a footprint whose sides on the texture are the vectors
   * (au, av) and (bu, bv): up to eight samples along the longer one.
   */
  sample(u: number, v: number, au: number, av: number, bu: number, bv: number): void {
    const a = Math.hypot(au * this.width, av * this.height);
    const b = Math.hypot(bu * this.width, bv * this.height);
    const [long, short] = a > b ? [a, b] : [b, a];
    const [lu, lv] = a > b ? [au, av] : [bu, bv];
    const count = Math.min(8, Math.max(1, Math.ceil(long / Math.max(short, 1))));
    const top = this.#levels.length - 1;
    const level = Math.min(top, Math.max(0, Math.log2(Math.max(long / count, 1e-9))));
    const lower = Math.min(top, Math.floor(level));
    const blend = level - lower;
    let [r, g, b3] = [0, 0, 0];
    for (let i = 0; i < count; i++) {
      const along = (i + 0.5) / count - 0.5;
      for (let k = 0; k < (blend > 0 && lower < top ? 2 : 1); k++) {
        this.#bilinear(this.#levels[lower + k]!, u + lu * along, v + lv * along);
        const weight = (k === 0 ? 1 - blend : blend) / count;
        r += this.colour[0]! * weight;
        g += this.colour[1]! * weight;
        b3 += this.colour[2]! * weight;
      }
    }
    this.colour[0] = r;
    this.colour[1] = g;
    this.colour[2] = b3;
  }

  #bilinear({ width, height, texels }: Level, u: number, v: number): void {
    const x = (u - Math.floor(u)) * width - 0.5;
    const y = (v - Math.floor(v)) * height - 0.5;
    const x0 = Math.floor(x);
    const y0 = Math.floor(y);
    const fx = x - x0;
    const fy = y - y0;
    const left = x0 < 0 ? width - 1 : x0;
    const right = x0 + 1 >= width ? 0 : x0 + 1;
    const upper = (y0 < 0 ? height - 1 : y0) * width;
    const lower = (y0 + 1 >= height ? 0 : y0 + 1) * width;
    const a = (upper + left) * 3;
    const b = (upper + right) * 3;
    const c = (lower + left) * 3;
    const d = (lower + right) * 3;
    for (let k = 0; k < 3; k++) {
      const top = texels[a + k]! + (texels[b + k]! - texels[a + k]!) * fx;
      const bottom = texels[c + k]! + (texels[d + k]! - texels[c + k]!) * fx;
      this.colour[k] = top + (bottom - top) * fy;
    }
  }
}

function firstLevel({ width, height, channels, data }: SceneTexture): Level {
  const texels = new Float32Array(width * height * 3);
  for (let i = 0; i < width * height; i++) {
    for (let k = 0; k < 3; k++) texels[i * 3 + k] = data[i * channels + (channels < 3 ? 0 : k)]! / 255;
  }
  return { width, height, texels };
}

function halved({ width, height, texels }: Level): Level {
  const [w, h] = [Math.max(1, width >> 1), Math.max(1, height >> 1)];
  const half = new Float32Array(w * h * 3);
  for (let y = 0; y < h; y++) {
    for (let x = 0; x < w; x++) {
      const [x1, y1] = [Math.min(width - 1, 2 * x + 1), Math.min(height - 1, 2 * y + 1)];
      for (let k = 0; k < 3; k++) {
        const at = (column: number, row: number): number => texels[(row * width + column) * 3 + k]!;
        half[(y * w + x) * 3 + k] = (at(2 * x, 2 * y) + at(x1, 2 * y) + at(2 * x, y1) + at(x1, y1)) / 4;
      }
    }
  }
  return { width: w, height: h, texels: half };
}
