import type { Bounds } from './projection.ts';

/** Texels along the sides of a tile. */
const tileSide = 8;

/** Nearest and farthest thing in each tile of a square depth map and in its neighbours. */
export class DepthTiles {
  /** `[lanes, lanes]` nearness. */
  readonly nearest: Float32Array;
  readonly farthest: Float32Array;
  readonly #lanes: number;
  readonly #ownNearest: Float32Array;
  readonly #ownFarthest: Float32Array;
  readonly #touched: Uint8Array;

  /** `size` is the map's side in texels. */
  constructor(size: number) {
    this.#lanes = size / tileSide;
    const count = this.#lanes ** 2;
    this.nearest = new Float32Array(count);
    this.farthest = new Float32Array(count);
    this.#ownNearest = new Float32Array(count);
    this.#ownFarthest = new Float32Array(count);
    this.#touched = new Uint8Array(count);
  }

  /** Number of the tile of a place of the map. */
  at(u: number, v: number): number {
    return ((v / tileSide) | 0) * this.#lanes + ((u / tileSide) | 0);
  }

  /** Takes the whole map for empty. */
  clear(nothing: number): void {
    this.#ownNearest.fill(nothing);
    this.#ownFarthest.fill(nothing);
    this.#touched.fill(0);
  }

  /** Says that something was drawn within bounds of the map. */
  touch({ left, top, right, bottom }: Bounds): void {
    const first = this.#lane(left);
    const end = this.#lane(right) + 1;
    for (let row = this.#lane(top); row <= this.#lane(bottom); row++)
      this.#touched.fill(1, row * this.#lanes + first, row * this.#lanes + end);
  }

  /** Reads the tiles that were touched. */
  sumUp(nearness: Float32Array): void {
    for (let t = 0; t < this.#touched.length; t++) {
      if (this.#touched[t] === 1) this.#read(nearness, t);
    }
    for (let t = 0; t < this.#touched.length; t++) this.#mix(t);
  }

  /** Whether anything in the tiles within bounds, or beside them, is nearer than `reference`. */
  holdNearer(reference: number, { left, top, right, bottom }: Bounds): boolean {
    const size = this.#lanes * tileSide;
    if (right < 0 || bottom < 0 || left > size || top > size) return false;
    const last = this.#lane(right);
    for (let row = this.#lane(top); row <= this.#lane(bottom); row++) {
      for (let column = this.#lane(left); column <= last; column++) {
        if (this.nearest[row * this.#lanes + column]! > reference) return true;
      }
    }
    return false;
  }

  /** Row or column of tiles that a place of the map is in, or the nearest one. */
  #lane(place: number): number {
    return Math.min(this.#lanes - 1, Math.max(0, Math.floor(place / tileSide)));
  }

  #read(nearness: Float32Array, t: number): void {
    const lanes = this.#lanes;
    const size = lanes * tileSide;
    const corner = Math.floor(t / lanes) * tileSide * size + (t % lanes) * tileSide;
    let high = -Infinity;
    let low = Infinity;
    for (let row = corner; row < corner + tileSide * size; row += size) {
      for (let at = row; at < row + tileSide; at++) {
        const near = nearness[at]!;
        if (near > high) high = near;
        if (near < low) low = near;
      }
    }
    this.#ownNearest[t] = high;
    this.#ownFarthest[t] = low;
  }

  #mix(t: number): void {
    const lanes = this.#lanes;
    const row = Math.floor(t / lanes);
    const column = t % lanes;
    const left = column > 0 ? -1 : 0;
    const right = column < lanes - 1 ? 1 : 0;
    let high = -Infinity;
    let low = Infinity;
    for (let y = row > 0 ? t - lanes : t; y <= (row < lanes - 1 ? t + lanes : t); y += lanes) {
      for (let at = y + left; at <= y + right; at++) {
        if (this.#ownNearest[at]! > high) high = this.#ownNearest[at]!;
        if (this.#ownFarthest[at]! < low) low = this.#ownFarthest[at]!;
      }
    }
    this.nearest[t] = high;
    this.farthest[t] = low;
  }
}
