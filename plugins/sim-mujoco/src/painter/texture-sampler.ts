import type { SceneTexture } from '../scene/scene.ts';

interface Level {
  readonly width: number;
  readonly height: number;
  /** `[height + 1, width + 1]` of 0xRRGGBB; the last column and row repeat the first, so that a neighbour is always there. */
  readonly texels: Int32Array;
}

/** Along a stretched footprint. */
const mostSamples = 5;

/** Of a place between two texels. */
const shareBits = 8;

/** Red and blue of a texel, which are mixed in one multiplication; mixed, each has as many bits more as a share. */
const redAndBlue = 0xff00ff;
const unmixed = 255 << shareBits;

/** A flat texture that repeats, in all sizes down to its mean. */
export class TextureSampler {
  readonly #levels: readonly Level[];
  /** What {@link aim} chose: a size, how much of the next smaller one, and samples in steps along the footprint. */
  #level: Level;
  #smaller: Level;
  #blend = 0;
  #count = 1;
  #stepU = 0;
  #stepV = 0;

  constructor(texture: SceneTexture) {
    const levels = [firstLevel(texture)];
    for (let level = levels[0]!; level.width > 1 || level.height > 1; levels.push(level))
      level = halved(level);
    this.#levels = levels;
    this.#level = this.#smaller = levels[0]!;
  }

  /**
   * Chooses how the next places are looked at: through a footprint whose two sides on the texture are vectors `[2, 2]`,
   * with up to five samples along the longer one.
   */
  aim(sides: Float64Array): void {
    const au = sides[0]!;
    const av = sides[1]!;
    const bu = sides[2]!;
    const bv = sides[3]!;
    const { width, height } = this.#levels[0]!;
    const a = Math.sqrt(au * width * (au * width) + av * height * (av * height));
    const b = Math.sqrt(bu * width * (bu * width) + bv * height * (bv * height));
    const long = a > b ? a : b;
    const short = a > b ? b : a;
    const stretch = short > 1 ? long / short : long;
    const count = stretch > mostSamples ? mostSamples : stretch > 1 ? Math.ceil(stretch) : 1;
    const texels = long / count;
    // the samples along a stretched one overlap enough to hide where one size goes over into the next
    const size = count > 1 ? texels * Math.SQRT2 : texels;
    const fitting = size > 1 ? 31 - Math.clz32(size) : 0;
    const smallest = this.#levels.length - 1;
    const level = fitting < smallest ? fitting : smallest;
    this.#level = this.#levels[level]!;
    this.#smaller = this.#levels[level < smallest ? level + 1 : smallest]!;
    this.#blend = count > 1 || texels <= 1 ? 0 : Math.min(1, texels / (1 << level) - 1);
    this.#count = count;
    this.#stepU = (a > b ? au : bu) / count;
    this.#stepV = (a > b ? av : bv) / count;
  }

  /** Looks at `count` places `[count, 2]` u, v (1 is one repeat, v downwards); puts red, green, blue, 0 to 1, into `colours` `[count, 3]`. */
  look(places: Float64Array, count: number, colours: Float64Array): void {
    for (let k = 0; k < count * 3; k++) colours[k] = 0;
    this.#add(this.#level, (1 - this.#blend) / this.#count, places, count, colours);
    if (this.#blend > 0) this.#add(this.#smaller, this.#blend, places, count, colours);
  }

  /** Adds bilinear samples of one size, each with `weight`. */
  #add(level: Level, weight: number, places: Float64Array, count: number, colours: Float64Array): void {
    const { width, height, texels } = level;
    const samples = this.#count;
    const stepU = this.#stepU;
    const stepV = this.#stepV;
    const backU = 0.5 / width + (stepU * (samples - 1)) / 2;
    const backV = 0.5 / height + (stepV * (samples - 1)) / 2;
    const wide = width + 1;
    const sharesX = width << shareBits;
    const sharesY = height << shareBits;
    const share = weight / unmixed;
    for (let i = 0; i < count; i++) {
      let u = places[i * 2]! - backU;
      let v = places[i * 2 + 1]! - backV;
      let red = 0;
      let green = 0;
      let blue = 0;
      for (let k = 0; k < samples; k++) {
        const x = ((u - Math.floor(u)) * sharesX) | 0;
        const y = ((v - Math.floor(v)) * sharesY) | 0;
        u += stepU;
        v += stepV;
        const fx = x & 255;
        const fy = y & 255;
        const at = (y >> shareBits) * wide + (x >> shareBits);
        const p = texels[at]!;
        const q = texels[at + 1]!;
        const r = texels[at + wide]!;
        const s = texels[at + wide + 1]!;
        const ws = (fx * fy + 128) >> shareBits;
        const wq = fx - ws;
        const wr = fy - ws;
        const wp = 256 - fx - wr;
        const rb =
          Math.imul(p & redAndBlue, wp) +
          Math.imul(q & redAndBlue, wq) +
          Math.imul(r & redAndBlue, wr) +
          Math.imul(s & redAndBlue, ws);
        red += rb >>> 16;
        blue += rb & 0xffff;
        green +=
          ((p >> 8) & 255) * wp + ((q >> 8) & 255) * wq + ((r >> 8) & 255) * wr + ((s >> 8) & 255) * ws;
      }
      colours[i * 3]! += red * share;
      colours[i * 3 + 1]! += green * share;
      colours[i * 3 + 2]! += blue * share;
    }
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
