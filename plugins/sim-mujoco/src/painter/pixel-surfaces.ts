import type { DepthBuffer } from './depth-buffer.ts';
import type { FlatScene } from './flat-scene.ts';
import type { Surfaces } from './surfaces.ts';

/** Samples of one pixel whose normals are within this cosine are one surface, lit once. */
const sameSurface = 0.94;

const mostSamples = 4;

/** Numbers of a surface: the sums of its samples' x, y, nearness and normals. */
const sumsSize = 6;

/** What the 2 × 2 samples of one pixel show, put together where it is one surface. */
export class PixelSurfaces {
  /** How many there are. */
  count = 0;
  /** `[count]` ids as in a {@link DepthBuffer}, of one sample of each. */
  readonly ids = new Int32Array(mostSamples);
  /** `[count]` samples that show it. */
  readonly samples = new Float64Array(mostSamples);
  readonly #sums = new Float64Array(mostSamples * sumsSize);
  readonly #shapeOf: Uint16Array;
  readonly #surfaces: Surfaces;

  constructor({ shapeOf }: FlatScene, surfaces: Surfaces) {
    this.#shapeOf = shapeOf;
    this.#surfaces = surfaces;
  }

  /** Reads the samples of the pixel whose first one is at x, y of the buffer. */
  read({ ids, nearness, width }: DepthBuffer, x: number, y: number): void {
    this.count = 0;
    const { place } = this.#surfaces;
    for (let k = 0; k < mostSamples; k++) {
      const at = (y + (k >> 1)) * width + x + (k & 1);
      const id = ids[at]!;
      place[0] = x + (k & 1) + 0.5;
      place[1] = y + (k >> 1) + 0.5;
      place[2] = nearness[at]!;
      if (id >= 0) this.#surfaces.find(id);
      this.#add(this.#numberOf(id), id);
    }
  }

  /** Takes the middle of one surface's samples for the place and the normal that are lit next. */
  aim(surface: number): void {
    const { place, normal } = this.#surfaces;
    const sums = this.#sums;
    const at = surface * sumsSize;
    const share = 1 / this.samples[surface]!;
    for (let k = 0; k < 3; k++) place[k] = sums[at + k]! * share;
    const x = sums[at + 3]!;
    const y = sums[at + 4]!;
    const z = sums[at + 5]!;
    const scale = 1 / (Math.sqrt(x * x + y * y + z * z) || 1);
    normal[0] = x * scale;
    normal[1] = y * scale;
    normal[2] = z * scale;
  }

  /** Number of the surface that an id and the newest normal belong to: one that is there, or the next. */
  #numberOf(id: number): number {
    const { normal } = this.#surfaces;
    const sums = this.#sums;
    for (let s = 0; s < this.count; s++) {
      const other = this.ids[s]!;
      if (other === id && id < 0) return s;
      if (other < 0 || id < 0 || this.#shapeOf[other] !== this.#shapeOf[id]) continue;
      const at = s * sumsSize;
      const inCommon = sums[at + 3]! * normal[0]! + sums[at + 4]! * normal[1]! + sums[at + 5]! * normal[2]!;
      if (inCommon > sameSurface * this.samples[s]!) return s;
    }
    return this.count;
  }

  #add(surface: number, id: number): void {
    const { place, normal } = this.#surfaces;
    const sums = this.#sums;
    const at = surface * sumsSize;
    if (surface === this.count) {
      this.count++;
      this.ids[surface] = id;
      this.samples[surface] = 0;
      for (let k = 0; k < sumsSize; k++) sums[at + k] = 0;
    }
    this.samples[surface]!++;
    for (let k = 0; k < 3; k++) {
      sums[at + k]! += place[k]!;
      sums[at + 3 + k]! += normal[k]!;
    }
  }
}
