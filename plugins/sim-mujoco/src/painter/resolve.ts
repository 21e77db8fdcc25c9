import { firstFloor, skyId, type DepthBuffer } from './depth-buffer.ts';
import type { Eye } from './eye.ts';
import type { FlatScene } from './flat-scene.ts';
import { FloorBlocks } from './floor-blocks.ts';
import type { Floor } from './floor.ts';
import type { Lighting } from './lighting.ts';
import { PixelSurfaces } from './pixel-surfaces.ts';
import type { Sky } from './sky.ts';
import type { Surfaces } from './surfaces.ts';
import { shown } from './tone.ts';

export interface ResolverParts {
  readonly flat: FlatScene;
  readonly eye: Eye;
  readonly surfaces: Surfaces;
  readonly floors: readonly Floor[];
  readonly lighting: Lighting;
  readonly sky: Sky;
}

/** Says that a pixel's samples show different things. */
const mixed = 2 ** 31 - 1;

/** Lights the samples of a buffer and makes pixels of them. */
export class Resolver {
  readonly #parts: ResolverParts;
  readonly #floorBlocks: readonly FloorBlocks[];
  readonly #pixelSurfaces: PixelSurfaces;
  /** Colour of a pixel. */
  readonly #sum = new Float64Array(3);

  constructor(parts: ResolverParts) {
    this.#parts = parts;
    this.#pixelSurfaces = new PixelSurfaces(parts.flat, parts.surfaces);
    this.#floorBlocks = parts.floors.map((floor) => new FloorBlocks(floor, parts.lighting));
  }

  /** Paints all pixels. */
  paint(
    buffer: DepthBuffer,
    samples: number,
    pixels: Uint8ClampedArray,
    width: number,
    height: number,
  ): void {
    const { ids, width: wide } = buffer;
    for (const blocks of this.#floorBlocks) blocks.restart(width, height, samples);
    const sum = this.#sum;
    for (let y = 0; y < height; y++) {
      const row = y * samples * wide;
      for (let x = 0; x < width;) {
        const at = (y * width + x) * 3;
        const id = soleId(ids, row + x * samples, wide, samples);
        if (id <= firstFloor) {
          const from = x++;
          while (x < width && soleId(ids, row + x * samples, wide, samples) === id) x++;
          this.#floorBlocks[firstFloor - id]!.paint(pixels, at, y, from, x);
          continue;
        }
        if (id === mixed) this.#showAll(buffer, x, y);
        else this.#showOne(id, buffer, samples, x, y);
        pixels[at] = sum[0]! * 255;
        pixels[at + 1] = sum[1]! * 255;
        pixels[at + 2] = sum[2]! * 255;
        x++;
      }
    }
  }

  /** Lays a transparent shape of its own buffer over the pixels, where it is nearer than what is opaque. */
  blend(
    glass: DepthBuffer,
    opaque: DepthBuffer,
    samples: number,
    alpha: number,
    pixels: Uint8ClampedArray,
    width: number,
    height: number,
  ): void {
    const { surfaces } = this.#parts;
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < width; x++) {
        let count = 0;
        let seen = -1;
        for (let k = 0; k < samples * samples; k++) {
          const at = (y * samples + Math.floor(k / samples)) * glass.width + x * samples + (k % samples);
          if (glass.ids[at]! < 0 || glass.nearness[at]! <= opaque.nearness[at]!) continue;
          count++;
          seen = at;
        }
        if (count === 0) continue;
        const id = glass.ids[seen]!;
        surfaces.place[0] = (seen % glass.width) + 0.5;
        surfaces.place[1] = Math.floor(seen / glass.width) + 0.5;
        surfaces.place[2] = glass.nearness[seen]!;
        surfaces.find(id);
        surfaces.light(id);
        const share = (alpha * count) / (samples * samples);
        for (let k = 0; k < 3; k++) {
          const i = (y * width + x) * 3 + k;
          pixels[i] = pixels[i]! * (1 - share) + Math.min(255, surfaces.colour[k]! * 255) * share;
        }
      }
    }
  }

  /** Finds the colour of a pixel whose samples all show the same. */
  #showOne(id: number, { width: wide, nearness }: DepthBuffer, samples: number, x: number, y: number): void {
    const first = y * samples * wide + x * samples;
    const { surfaces } = this.#parts;
    const { place } = surfaces;
    place[0] = (x + 0.5) * samples;
    place[1] = (y + 0.5) * samples;
    place[2] = nearness[first]!;
    if (samples === 2)
      place[2] =
        (nearness[first]! + nearness[first + 1]! + nearness[first + wide]! + nearness[first + wide + 1]!) / 4;
    if (id >= 0) surfaces.find(id);
    this.#sum.fill(0);
    this.#add(this.#colourOf(id, samples), 1);
  }

  /** Finds the colour of a pixel of 2 × 2 samples that show different things. */
  #showAll(buffer: DepthBuffer, x: number, y: number): void {
    const pixel = this.#pixelSurfaces;
    pixel.read(buffer, 2 * x, 2 * y);
    this.#sum.fill(0);
    for (let s = 0; s < pixel.count; s++) {
      pixel.aim(s);
      this.#add(this.#colourOf(pixel.ids[s]!, 2), pixel.samples[s]! / 4);
    }
  }

  /** Lights what is at the place that the surfaces are asked about. */
  #colourOf(id: number, samples: number): Float64Array {
    const { eye, surfaces, floors, sky } = this.#parts;
    if (id >= 0) {
      surfaces.light(id);
      return surfaces.colour;
    }
    const x = surfaces.place[0]!;
    const y = surfaces.place[1]!;
    if (id === skyId) {
      eye.look(x, y);
      sky.look(eye.ray[0]!, eye.ray[1]!, eye.ray[2]!);
      return sky.colour;
    }
    const floor = floors[firstFloor - id]!;
    floor.shade(x, y, samples);
    return floor.colour;
  }

  /** Adds a colour as it is shown: bounded first, so that a highlight does not eat an edge. */
  #add(colour: Float64Array, share: number): void {
    for (let k = 0; k < 3; k++) this.#sum[k]! += shown(colour[k]!) * share;
  }
}

/** What all samples of a pixel show, or {@link mixed}. */
function soleId(ids: Int32Array, first: number, wide: number, samples: number): number {
  const id = ids[first]!;
  if (samples === 1) return id;
  return ids[first + 1] === id && ids[first + wide] === id && ids[first + wide + 1] === id ? id : mixed;
}
