import { mostTexels, type Floor } from './floor.ts';
import type { Lighting } from './lighting.ts';
import { shown } from './tone.ts';

/** Pixels along the sides of a block. */
const blockSide = mostTexels;

/** What a block's light may be off by where it is tried, 1 being white. */
const unseen = 0.003;

/** Where a block is tried, on its diagonal: in its middle a bend both ways would not show. */
const tries = [0.25, 0.75] as const;

/** Numbers of a corner: the floor's shine there, and where it is in the world. */
const shineSize = 6;
const cornerSize = shineSize + 3;

/** Of a block, or of a corner: not looked at yet, and then whether its light is even, or a floor there. */
const unknown = 0;
const yes = 1;
const no = 2;

/**
 * The light on one floor in one picture. Where no shadow falls it changes so slowly that it is found at the corners of blocks
 * of pixels and mixed between them; in other blocks it is found for each pixel.
 */
export class FloorBlocks {
  readonly #floor: Floor;
  readonly #lighting: Lighting;
  #samples = 1;
  #columns = 0;
  /** Of each block, which has the number of its upper left corner. */
  #even = new Uint8Array(0);
  #there = new Uint8Array(0);
  #corners = new Float64Array(0);
  readonly #outline = new Float64Array(12);
  /** Shine at the left end of a row within a block, and its change from pixel to pixel. */
  readonly #row = new Float64Array(2 * shineSize);

  constructor(floor: Floor, lighting: Lighting) {
    this.#floor = floor;
    this.#lighting = lighting;
  }

  /** Forgets the light of the last picture. */
  restart(width: number, height: number, samples: number): void {
    this.#samples = samples;
    this.#columns = Math.ceil(width / blockSide) + 1;
    const corners = this.#columns * (Math.ceil(height / blockSide) + 1);
    if (this.#even.length === corners) {
      this.#even.fill(unknown);
      this.#there.fill(unknown);
      return;
    }
    this.#even = new Uint8Array(corners);
    this.#there = new Uint8Array(corners);
    this.#corners = new Float64Array(corners * cornerSize);
  }

  /** Paints pixels of a row, `from` up to `end`, that show nothing but the floor; `at` is the first one's place in `pixels`. */
  paint(pixels: Uint8ClampedArray, at: number, y: number, from: number, end: number): void {
    for (let x = from; x < end;) {
      const stop = Math.min(end, (x | (blockSide - 1)) + 1);
      const block = ((y / blockSide) | 0) * this.#columns + ((x / blockSide) | 0);
      if (this.#even[block] === unknown) this.#even[block] = this.#isEven(block) ? yes : no;
      if (this.#even[block] === yes) this.#paintEven(pixels, at, block, y, x, stop);
      else this.#paintUneven(pixels, at, y, x, stop);
      at += (stop - x) * 3;
      x = stop;
    }
  }

  #paintEven(
    pixels: Uint8ClampedArray,
    at: number,
    block: number,
    y: number,
    from: number,
    end: number,
  ): void {
    const row = this.#row;
    this.#mixRow(block, (y % blockSide) + 0.5);
    const floor = this.#floor;
    const { texels } = floor;
    floor.look((from + 0.5) * this.#samples, (y + 0.5) * this.#samples, this.#samples, end - from);
    const s0 = row[6]!;
    const s1 = row[7]!;
    const s2 = row[8]!;
    const s3 = row[9]!;
    const s4 = row[10]!;
    const s5 = row[11]!;
    const start = (from % blockSide) + 0.5;
    let r = row[0]! + s0 * start;
    let g = row[1]! + s1 * start;
    let b = row[2]! + s2 * start;
    let glossR = row[3]! + s3 * start;
    let glossG = row[4]! + s4 * start;
    let glossB = row[5]! + s5 * start;
    const last = (end - from) * 3;
    for (let k = 0; k < last; k += 3) {
      pixels[at + k] = shown(texels[k]! * r + glossR) * 255;
      pixels[at + k + 1] = shown(texels[k + 1]! * g + glossG) * 255;
      pixels[at + k + 2] = shown(texels[k + 2]! * b + glossB) * 255;
      r += s0;
      g += s1;
      b += s2;
      glossR += s3;
      glossG += s4;
      glossB += s5;
    }
  }

  #paintUneven(pixels: Uint8ClampedArray, at: number, y: number, from: number, end: number): void {
    const floor = this.#floor;
    const { colour } = floor;
    const samples = this.#samples;
    for (let x = from; x < end; x++) {
      floor.shade((x + 0.5) * samples, (y + 0.5) * samples, samples);
      pixels[at++] = shown(colour[0]!) * 255;
      pixels[at++] = shown(colour[1]!) * 255;
      pixels[at++] = shown(colour[2]!) * 255;
    }
  }

  /** Mixes a block's corners for one row of it. */
  #mixRow(block: number, y: number): void {
    const corners = this.#corners;
    const upper = block * cornerSize;
    const lower = upper + this.#columns * cornerSize;
    const down = y / blockSide;
    for (let k = 0; k < shineSize; k++) {
      const left = corners[upper + k]! + (corners[lower + k]! - corners[upper + k]!) * down;
      const right =
        corners[upper + cornerSize + k]! +
        (corners[lower + cornerSize + k]! - corners[upper + cornerSize + k]!) * down;
      this.#row[k] = left;
      this.#row[shineSize + k] = (right - left) / blockSide;
    }
  }

  #isEven(block: number): boolean {
    const right = block + 1;
    const below = block + this.#columns;
    for (let k = 0; k < 4; k++) {
      const corner = k === 0 ? block : k === 1 ? right : k === 2 ? below : below + 1;
      if (!this.#isThere(corner)) return false;
      for (let i = 0; i < 3; i++)
        this.#outline[k * 3 + i] = this.#corners[corner * cornerSize + shineSize + i]!;
    }
    return (
      this.#lighting.isFreeOfShadows(this.#outline) && tries.every((along) => this.#isMixed(block, along))
    );
  }

  /** Whether mixing the corners gives the light at a place of the block's diagonal. */
  #isMixed(block: number, along: number): boolean {
    const side = blockSide * this.#samples;
    const x = (block % this.#columns) + along;
    const y = Math.floor(block / this.#columns) + along;
    if (!this.#floor.findShine(x * side, y * side)) return false;
    const { shine } = this.#floor;
    this.#mixRow(block, along * blockSide);
    for (let k = 0; k < shineSize; k++) {
      const mixed = this.#row[k]! + this.#row[shineSize + k]! * along * blockSide;
      if (Math.abs(mixed - shine[k]!) > unseen) return false;
    }
    return true;
  }

  /** Lights the floor at a corner, once. False where no floor is. */
  #isThere(corner: number): boolean {
    if (this.#there[corner] === unknown) {
      const side = blockSide * this.#samples;
      const { shine, spot } = this.#floor;
      const there = this.#floor.findShine(
        (corner % this.#columns) * side,
        Math.floor(corner / this.#columns) * side,
      );
      this.#there[corner] = there ? yes : no;
      this.#corners.set(shine, corner * cornerSize);
      for (let k = 0; k < 3; k++) this.#corners[corner * cornerSize + shineSize + k] = spot[k]!;
    }
    return this.#there[corner] === yes;
  }
}
