import type { ScenePlane } from '../scene/scene.ts';
import type { Eye } from './eye.ts';
import type { Lighting } from './lighting.ts';
import type { ScenePoses } from './picture-request.ts';
import type { Projection } from './projection.ts';
import { farthest, ScreenPlane, valueAt } from './screen-plane.ts';
import type { Sky } from './sky.ts';
import type { TextureSampler } from './texture-sampler.ts';

/** Distances, in extents of the scene, between which an endless floor goes over into the sky. */
const fadeFrom = 3;
const fadeTo = 22;

/** Places that are looked at in one go; a power of two. */
export const mostTexels = 8;

/** What a floor is seen by and lit by, and goes over into. */
export interface FloorSurroundings {
  readonly eye: Eye;
  readonly lighting: Lighting;
  readonly sky: Sky;
}

/** How a plane looks in one picture. */
export class Floor {
  readonly screen: ScreenPlane;
  /** The newest results. Red, green, blue, not yet bounded: */
  readonly colour = new Float64Array(3);
  /** The texture alone, of places side by side. */
  readonly texels = new Float64Array(3 * mostTexels).fill(1);
  /** What the texture is multiplied by, and what is added to that. */
  readonly shine = new Float64Array(6);
  /** A point of the world, its normal and the direction to the eye. */
  readonly spot = new Float64Array(9);
  readonly #footprint = new Float64Array(4);
  readonly #places = new Float64Array(2 * mostTexels);
  readonly #plane: ScenePlane;
  readonly #texture: TextureSampler | undefined;
  readonly #eye: Eye;
  readonly #lighting: Lighting;
  readonly #sky: Sky;

  constructor(
    plane: ScenePlane,
    texture: TextureSampler | undefined,
    { eye, lighting, sky }: FloorSurroundings,
  ) {
    this.screen = new ScreenPlane(plane);
    this.#plane = plane;
    this.#texture = texture;
    this.#eye = eye;
    this.#lighting = lighting;
    this.#sky = sky;
  }

  /** Takes the pose of a picture. A plane seen from below is not there. */
  restart(poses: ScenePoses, projection: Projection): void {
    this.screen.place(poses, projection);
    this.spot.set(this.screen.normal, 3);
  }

  /** Lights the plane at a place of the buffer; `footprint` is the width of what is looked through, in samples. */
  shade(x: number, y: number, footprint: number): void {
    this.findShine(x, y);
    this.look(x, y, footprint, 1);
    const { colour, texels, shine } = this;
    for (let k = 0; k < 3; k++) colour[k] = texels[k]! * shine[k]! + shine[k + 3]!;
  }

  /** Finds what the texture's colour is multiplied by at a place of the buffer, and what is added: all but the texture. False above the horizon. */
  findShine(x: number, y: number): boolean {
    const inverse = valueAt(this.screen.inverse, x, y);
    if (!(inverse > farthest)) return false;
    const { spot, shine } = this;
    this.#eye.meet(x, y, 1 / inverse, spot);
    const { material, halfX } = this.#plane;
    const { diffuse, gloss } = this.#lighting;
    this.#lighting.light(material, spot);
    for (let k = 0; k < 3; k++) {
      shine[k] = diffuse[k]! * material.rgba[k]!;
      shine[k + 3] = gloss[k]!;
    }
    if (halfX === Infinity) this.#fade(1 / inverse);
    return true;
  }

  /** Looks the texture's colours up at `count` places side by side, a footprint apart; they are white where there is none. */
  look(x: number, y: number, footprint: number, count: number): void {
    const texture = this.#texture;
    if (!texture) return;
    this.#aim(texture, x + ((count - 1) / 2) * footprint, y, footprint);
    const places = this.#places;
    const repeatsU = this.#plane.repeats[0];
    const repeatsV = this.#plane.repeats[1];
    const originU = this.#plane.origin[0];
    const originV = this.#plane.origin[1];
    const inverseX = this.screen.inverse.x * footprint;
    const alongX = this.screen.along.x * footprint;
    const acrossX = this.screen.across.x * footprint;
    let inverse = valueAt(this.screen.inverse, x, y);
    let along = valueAt(this.screen.along, x, y);
    let across = valueAt(this.screen.across, x, y);
    for (let i = 0; i < count; i++) {
      places[i * 2] = originU + (along / inverse) * repeatsU;
      places[i * 2 + 1] = originV - (across / inverse) * repeatsV;
      inverse += inverseX;
      along += alongX;
      across += acrossX;
    }
    texture.look(places, count, this.texels);
  }

  /** Points the texture at a footprint around a place. */
  #aim(texture: TextureSampler, x: number, y: number, footprint: number): void {
    const { x: fallingX, y: fallingY } = this.screen.inverse;
    const distance = 1 / valueAt(this.screen.inverse, x, y);
    const along = valueAt(this.screen.along, x, y) * distance;
    const across = valueAt(this.screen.across, x, y) * distance;
    const scaleU = this.#plane.repeats[0] * footprint * distance;
    const scaleV = this.#plane.repeats[1] * footprint * distance;
    const sides = this.#footprint;
    sides[0] = (this.screen.along.x - along * fallingX) * scaleU;
    sides[1] = (across * fallingX - this.screen.across.x) * scaleV;
    sides[2] = (this.screen.along.y - along * fallingY) * scaleU;
    sides[3] = (across * fallingY - this.screen.across.y) * scaleV;
    texture.aim(sides);
  }

  /** Endless floors go over into the sky. */
  #fade(distance: number): void {
    const x = this.#eye.ray[0]!;
    const y = this.#eye.ray[1]!;
    const z = this.#eye.ray[2]!;
    const extents = (distance * Math.sqrt(x * x + y * y + z * z)) / this.#lighting.extent;
    const share = Math.min(1, (extents - fadeFrom) / (fadeTo - fadeFrom));
    if (share <= 0) return;
    const sky = this.#sky;
    sky.look(x, y, 0);
    const left = (1 - share) ** 3;
    const { shine } = this;
    for (let k = 0; k < 3; k++) {
      shine[k]! *= left;
      shine[k + 3] = shine[k + 3]! * left + sky.colour[k]! * (1 - left);
    }
  }
}
