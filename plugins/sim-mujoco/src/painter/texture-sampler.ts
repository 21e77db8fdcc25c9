import type { SceneTexture } from '../scene/scene.ts';

interface Level {
  readonly width: number;
  readonly height: number;
  /** `[height, width, 3]`, 0 to 1. */
  readonly texels: Float32Array;
}

/** Along a stretched footprint. */
const mostSamples = 5;

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
   * (au, av) and (bu, bv): up to five samples along the longer one.
   */
  sample(u: number, v: number, au: number, av: number, bu: number, bv: number): void {
    const { width, height } = this;
    const a = Math.sqrt(au * width * (au * width) + av * height * (av * height));
    const b = Math.sqrt(bu * width * (bu * width) + bv * height * (bv * height));
    const long = a > b ? a : b;
    const short = a > b ? b : a;
    const lu = a > b ? au : bu;
    const lv = a > b ? av : bv;
    const count = Math.min(mostSamples, Math.max(1, Math.ceil(long / Math.max(short, 1))));
    const top = this.#levels.length - 1;
    const level = Math.min(top, Math.max(0, Math.log2(Math.max(long / count, 1e-9))));
    this.colour[0] = this.colour[1] = this.colour[2] = 0;
    if (count > 1) {
      // the samples overlap enough to hide where one size goes over into the next
      this.#add(this.#levels[Math.round(level)]!, u, v, lu, lv, count, 1 / count);
      return;
    }
    const lower = Math.floor(level);
    const blend = level - lower;
    this.#add(this.#levels[lower]!, u, v, lu, lv, 1, 1 - blend);
    if (blend > 0 && lower < top) this.#add(this.#levels[lower + 1]!, u, v, lu, lv, 1, blend);
  }

  /** Adds `count` bilinear samples spread along (lu, lv), each with `weight`. */
  #add(level: Level, u: number, v: number, lu: number, lv: number, count: number, weight: number): void {
    const { width, height, texels } = level;
    let red = 0;
    let green = 0;
    let blue = 0;
    for (let i = 0; i < count; i++) {
      const along = (i + 0.5) / count - 0.5;
      const su = u + lu * along;
      const sv = v + lv * along;
      const x = (su - Math.floor(su)) * width - 0.5;
      const y = (sv - Math.floor(sv)) * height - 0.5;
      const x0 = Math.floor(x);
      const y0 = Math.floor(y);
      const fx = x - x0;
      const fy = y - y0;
      const left = x0 < 0 ? width - 1 : x0;
      const right = x0 + 1 >= width ? 0 : x0 + 1;
      const upper = (y0 < 0 ? height - 1 : y0) * width;
      const under = (y0 + 1 >= height ? 0 : y0 + 1) * width;
      const p = (upper + left) * 3;
      const q = (upper + right) * 3;
      const r = (under + left) * 3;
      const s = (under + right) * 3;
      const wp = (1 - fx) * (1 - fy);
      const wq = fx * (1 - fy);
      const wr = (1 - fx) * fy;
      const ws = fx * fy;
      red += texels[p]! * wp + texels[q]! * wq + texels[r]! * wr + texels[s]! * ws;
      green += texels[p + 1]! * wp + texels[q + 1]! * wq + texels[r + 1]! * wr + texels[s + 1]! * ws;
      blue += texels[p + 2]! * wp + texels[q + 2]! * wq + texels[r + 2]! * wr + texels[s + 2]! * ws;
    }
    this.colour[0]! += red * weight;
    this.colour[1]! += green * weight;
    this.colour[2]! += blue * weight;
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
