import type { SceneTexture } from '../scene/scene.ts';

interface Level {
  readonly width: number;
  readonly height: number;
  /** `[height + 1, width + 1]` of 0xRRGGBB; the last column and row repeat the first, so that a neighbour is always there. */
  readonly texels: Int32Array;
}

/** Along a stretched footprint. */
const mostSamples = 5;

/** Red and blue of a texel, which are mixed in one multiplication; mixed, each has 8 bits more. */
const redAndBlue = 0xff00ff;
const mixed = 1 / 0xff00;

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
    const most = short > 1 ? long / short : long;
    const count = most > mostSamples ? mostSamples : most > 1 ? Math.ceil(most) : 1;
    const texels = long / count;
    const { colour } = this;
    colour[0] = colour[1] = colour[2] = 0;
    const top = this.#levels.length - 1;
    if (count > 1) {
      // the samples overlap enough to hide where one size goes over into the next
      const level = texels > 1 ? 31 - Math.clz32(texels * Math.SQRT2) : 0;
      const lu = (a > b ? au : bu) / count;
      const lv = (a > b ? av : bv) / count;
      const before = (count - 1) / 2;
      this.#add(
        this.#levels[level < top ? level : top]!,
        u - lu * before,
        v - lv * before,
        lu,
        lv,
        count,
        1 / count,
      );
      return;
    }
    const lower = texels > 1 ? 31 - Math.clz32(texels) : 0;
    if (lower >= top) {
      this.#add(this.#levels[top]!, u, v, 0, 0, 1, 1);
      return;
    }
    const blend = texels > 1 ? texels / (1 << lower) - 1 : 0;
    this.#add(this.#levels[lower]!, u, v, 0, 0, 1, 1 - blend);
    if (blend > 0) this.#add(this.#levels[lower + 1]!, u, v, 0, 0, 1, blend);
  }

  /** Adds `count` bilinear samples from u, v on in steps of (su, sv), each with `weight`. */
  #add(level: Level, u: number, v: number, su: number, sv: number, count: number, weight: number): void {
    const { width, height, texels } = level;
    const wide = width + 1;
    const half = 0.5 / width;
    const halfV = 0.5 / height;
    let red = 0;
    let green = 0;
    let blue = 0;
    for (let i = 0; i < count; i++) {
      const cu = u + su * i - half;
      const cv = v + sv * i - halfV;
      // 8 bits of each place are its share between two texels
      const x = ((cu - Math.floor(cu)) * (width << 8)) | 0;
      const y = ((cv - Math.floor(cv)) * (height << 8)) | 0;
      const fx = x & 255;
      const fy = y & 255;
      const at = (y >> 8) * wide + (x >> 8);
      const p = texels[at]!;
      const q = texels[at + 1]!;
      const r = texels[at + wide]!;
      const s = texels[at + wide + 1]!;
      const ws = (fx * fy + 128) >> 8;
      const wq = fx - ws;
      const wr = fy - ws;
      const wp = 256 - fx - wr;
      const rb =
        Math.imul(p & redAndBlue, wp) +
        Math.imul(q & redAndBlue, wq) +
        Math.imul(r & redAndBlue, wr) +
        Math.imul(s & redAndBlue, ws);
      red += (rb >>> 16) & 0xffff;
      blue += rb & 0xffff;
      green += ((p >> 8) & 255) * wp + ((q >> 8) & 255) * wq + ((r >> 8) & 255) * wr + ((s >> 8) & 255) * ws;
    }
    const share = weight * mixed;
    const { colour } = this;
    colour[0]! += red * share;
    colour[1]! += green * share;
    colour[2]! += blue * share;
  }
}

function firstLevel({ width, height, channels, data }: SceneTexture): Level {
  const [green, blue] = channels < 3 ? [0, 0] : [1, 2];
  return levelOf(width, height, (x, y) => {
    const at = (y * width + x) * channels;
    return (data[at]! << 16) | (data[at + green]! << 8) | data[at + blue]!;
  });
}

function halved({ width, height, texels }: Level): Level {
  const wide = width + 1;
  return levelOf(Math.max(1, width >> 1), Math.max(1, height >> 1), (x, y) => {
    const right = Math.min(width - 1, 2 * x + 1);
    const upper = 2 * y * wide;
    const lower = Math.min(height - 1, 2 * y + 1) * wide;
    const four = [
      texels[upper + 2 * x]!,
      texels[upper + right]!,
      texels[lower + 2 * x]!,
      texels[lower + right]!,
    ];
    const mean = (shift: number): number =>
      (four.reduce((sum, texel) => sum + ((texel >> shift) & 255), 2) >> 2) << shift;
    return mean(16) | mean(8) | mean(0);
  });
}

function levelOf(width: number, height: number, texel: (x: number, y: number) => number): Level {
  const texels = new Int32Array((width + 1) * (height + 1));
  for (let y = 0; y <= height; y++) {
    for (let x = 0; x <= width; x++) texels[y * (width + 1) + x] = texel(x % width, y % height);
  }
  return { width, height, texels };
}
