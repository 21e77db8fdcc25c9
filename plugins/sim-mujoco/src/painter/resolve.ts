import { firstFloor, skyId, type DepthBuffer } from './depth-buffer.ts';
import type { FlatScene } from './flat-scene.ts';
import { FloorBlocks } from './floor-blocks.ts';
import type { Floor } from './floor.ts';
import type { Lighting } from './lighting.ts';
import type { ScenePoses } from './picture-request.ts';
import type { Projection } from './projection.ts';
import type { Sky } from './sky.ts';
import type { Surfaces } from './surfaces.ts';
import { shown } from './tone.ts';

export interface ResolverParts {
  readonly flat: FlatScene;
  readonly surfaces: Surfaces;
  readonly floors: readonly Floor[];
  readonly lighting: Lighting;
  readonly sky: Sky;
}

/** Samples of one pixel whose normals are within this cosine are one surface, lit once. */
const sameSurface = 0.94;
const mostSamples = 4;

/** Says that a pixel's samples show different things. */
const mixed = 2 ** 31 - 1;

/** Lights the samples of a buffer and makes pixels of them. */
export class Resolver {
  readonly #parts: ResolverParts;
  readonly #floorBlocks: readonly FloorBlocks[];
  #projection: Projection | undefined;
  /** Sum of a pixel's samples. */
  readonly #sum = new Float64Array(3);
  /** A pixel's surfaces: samples, sums of places, nearness and normals, a triangle. */
  readonly #groups = Array.from({ length: mostSamples }, () => new Float64Array(8));

  constructor(parts: ResolverParts) {
    this.#parts = parts;
    this.#floorBlocks = parts.floors.map((floor) => new FloorBlocks(floor, parts.lighting));
  }

  place(poses: ScenePoses, projection: Projection): void {
    this.#projection = projection;
    this.#parts.surfaces.place(poses, projection);
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
        if (id === mixed) this.#sumGroups(buffer, x * 2, y * 2);
        else this.#sumOne(id, buffer, samples, x, y);
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
        const [px, py] = [(seen % glass.width) + 0.5, Math.floor(seen / glass.width) + 0.5];
        const id = glass.ids[seen]!;
        surfaces.find(id, px, py);
        surfaces.light(id, px, py, glass.nearness[seen]!, surfaces.nx, surfaces.ny, surfaces.nz);
        const share = (alpha * count) / (samples * samples);
        for (let k = 0; k < 3; k++) {
          const i = (y * width + x) * 3 + k;
          pixels[i] = pixels[i]! * (1 - share) + Math.min(255, surfaces.colour[k]! * 255) * share;
        }
      }
    }
  }

  /** Sums a pixel up whose samples all show the same. */
  #sumOne(id: number, { width: wide, nearness }: DepthBuffer, samples: number, x: number, y: number): void {
    const first = y * samples * wide + x * samples;
    let near = nearness[first]!;
    if (samples === 2)
      near = (near + nearness[first + 1]! + nearness[first + wide]! + nearness[first + wide + 1]!) / 4;
    this.#sum[0] = this.#sum[1] = this.#sum[2] = 0;
    this.#addOne(id, (x + 0.5) * samples, (y + 0.5) * samples, near, samples, 1);
  }

  /** Adds a place that shows one thing only. */
  #addOne(id: number, x: number, y: number, near: number, samples: number, share: number): void {
    const { surfaces, floors, sky } = this.#parts;
    if (id >= 0) {
      surfaces.find(id, x, y);
      surfaces.light(id, x, y, near, surfaces.nx, surfaces.ny, surfaces.nz);
      this.#add(surfaces.colour, share);
    } else if (id === skyId) {
      this.#lookAtSky(x, y);
      this.#add(sky.colour, share);
    } else {
      const floor = floors[firstFloor - id]!;
      floor.shade(x, y, samples);
      this.#add(floor.colour, share);
    }
  }

  /** Sums four samples up, those of one surface lit together. */
  #sumGroups({ ids, nearness, width: wide }: DepthBuffer, left: number, top: number): void {
    const { surfaces, flat } = this.#parts;
    const first = top * wide + left;
    const groups = this.#groups;
    let used = 0;
    for (let k = 0; k < 4; k++) {
      const at = first + (k & 1) + (k >> 1) * wide;
      const id = ids[at]!;
      const [px, py] = [left + (k & 1) + 0.5, top + (k >> 1) + 0.5];
      if (id >= 0) surfaces.find(id, px, py);
      const { nx, ny, nz } = surfaces;
      let g = 0;
      for (; g < used; g++) {
        const group = groups[g]!;
        const other = group[7]!;
        if (
          id < 0
            ? other === id
            : other >= 0 && flat.shapeOf[other] === flat.shapeOf[id] && isOneSurface(group, nx, ny, nz)
        )
          break;
      }
      const group = groups[g]!;
      if (g === used) {
        used++;
        group.fill(0);
        group[7] = id;
      }
      group[0]!++;
      group[1]! += px;
      group[2]! += py;
      group[3]! += nearness[at]!;
      if (id < 0) continue;
      group[4]! += nx;
      group[5]! += ny;
      group[6]! += nz;
    }
    this.#sum.fill(0);
    for (let g = 0; g < used; g++) {
      const [count, x, y, near, nx, ny, nz, id] = groups[g] as unknown as [
        number,
        number,
        number,
        number,
        number,
        number,
        number,
        number,
      ];
      if (id < 0) {
        this.#addOne(id, x / count, y / count, near / count, 2, count / 4);
        continue;
      }
      const length = Math.sqrt(nx * nx + ny * ny + nz * nz) || 1;
      surfaces.light(id, x / count, y / count, near / count, nx / length, ny / length, nz / length);
      this.#add(surfaces.colour, count / 4);
    }
  }

  /** Adds a colour as it is shown: bounded first, so that a highlight does not eat an edge. */
  #add(colour: Float64Array, share: number): void {
    for (let k = 0; k < 3; k++) this.#sum[k]! += shown(colour[k]!) * share;
  }

  #lookAtSky(x: number, y: number): void {
    const { right, down, forward, scaleX, scaleY, centreX, centreY } = this.#projection!;
    const u = (x - centreX) / scaleX;
    const v = (y - centreY) / scaleY;
    this.#parts.sky.look(
      forward[0] + right[0] * u + down[0] * v,
      forward[1] + right[1] * u + down[1] * v,
      forward[2] + right[2] * u + down[2] * v,
    );
  }
}

function isOneSurface(group: Float64Array, nx: number, ny: number, nz: number): boolean {
  const inCommon = group[4]! * nx + group[5]! * ny + group[6]! * nz;
  return inCommon > sameSurface * group[0]!;
}

/** What all samples of a pixel show, or {@link mixed}. */
function soleId(ids: Int32Array, first: number, wide: number, samples: number): number {
  const id = ids[first]!;
  if (samples === 1) return id;
  return ids[first + 1] === id && ids[first + wide] === id && ids[first + wide + 1] === id ? id : mixed;
}
