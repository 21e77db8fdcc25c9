import type { ScenePlane } from '../scene/scene.ts';
import type { DepthBuffer } from './depth-buffer.ts';
import type { Lighting } from './lighting.ts';
import type { ScenePoses } from './picture-request.ts';
import { dot, raysThrough, type Projection } from './projection.ts';
import type { Sky } from './sky.ts';
import type { TextureSampler } from './texture-sampler.ts';

/** Distances, in extents of the scene, between which an endless floor goes over into the sky. */
const fadeFrom = 3;
const fadeTo = 22;

/** 1/metres: what is farther is not there. */
const farthest = 1e-6;

/** Places that are looked at in one go. */
export const mostTexels = 8;

/** A number that is linear on the screen. */
interface Linear {
  readonly x: number;
  readonly y: number;
  readonly at0: number;
}

/** One plane in one picture: exact per sample, with nothing tessellated. */
export class Floor {
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
  readonly #lighting: Lighting;
  readonly #sky: Sky;
  /** 1/distance, and the plane's own coordinates over distance. */
  #inverse: Linear = { x: 0, y: 0, at0: 0 };
  #along: Linear = { x: 0, y: 0, at0: 0 };
  #across: Linear = { x: 0, y: 0, at0: 0 };
  #eye: Projection['origin'] = [0, 0, 0];
  #rays: Float64Array = new Float64Array(9);
  #visible = false;

  constructor(plane: ScenePlane, texture: TextureSampler | undefined, lighting: Lighting, sky: Sky) {
    this.#plane = plane;
    this.#texture = texture;
    this.#lighting = lighting;
    this.#sky = sky;
  }

  /** Takes the pose of a picture. A plane seen from below is not there. */
  place({ geomPositions: p, geomRotations: r }: ScenePoses, projection: Projection): void {
    const { geom } = this.#plane;
    const column = (k: number): [number, number, number] => [
      r[geom * 9 + k]!,
      r[geom * 9 + 3 + k]!,
      r[geom * 9 + 6 + k]!,
    ];
    const [alongAxis, acrossAxis, normal] = [column(0), column(1), column(2)];
    const { origin, right, down, forward, scaleX, scaleY, centreX, centreY } = projection;
    const eye = [0, 1, 2].map((k) => origin[k]! - p[geom * 3 + k]!) as unknown as [number, number, number];
    const height = dot(normal, eye);
    this.#visible = height > 1e-9;
    this.spot.set(normal, 3);
    this.#eye = origin;
    this.#rays = raysThrough(projection);
    // the ray through a sample is forward + right·x + down·y; it falls `height` along the normal at 1/inverse metres
    const linear = (x: number, y: number, constant: number): Linear => ({
      x: x / scaleX,
      y: y / scaleY,
      at0: constant - (x / scaleX) * centreX - (y / scaleY) * centreY,
    });
    const falling = (v: readonly [number, number, number]): number => -dot(normal, v) / height;
    const inverse = linear(falling(right), falling(down), falling(forward));
    const local = (axis: readonly [number, number, number]): Linear => {
      const ray = linear(dot(axis, right), dot(axis, down), dot(axis, forward));
      const start = dot(axis, eye);
      return {
        x: ray.x + start * inverse.x,
        y: ray.y + start * inverse.y,
        at0: ray.at0 + start * inverse.at0,
      };
    };
    this.#inverse = inverse;
    this.#along = local(alongAxis);
    this.#across = local(acrossAxis);
  }

  /** Puts the plane into the buffer where it is nearer than what is there. */
  fill(buffer: DepthBuffer, id: number): void {
    if (!this.#visible) return;
    const { width, height, nearness, ids } = buffer;
    const { halfX, halfY } = this.#plane;
    const endless = halfX === Infinity && halfY === Infinity;
    const step = this.#inverse.x;
    for (let y = 0; y < height; y++) {
      let near = valueAt(this.#inverse, 0.5, y + 0.5);
      if (near <= farthest && near + step * width <= farthest) continue;
      const end = (y + 1) * width;
      for (let at = y * width; at < end; at++, near += step) {
        if (!(near > nearness[at]! && near > farthest)) continue;
        if (!endless && !this.#holds(at - y * width, y, near, halfX, halfY)) continue;
        nearness[at] = near;
        ids[at] = id;
      }
    }
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
    const inverse = valueAt(this.#inverse, x, y);
    if (!(inverse > farthest)) return false;
    const rays = this.#rays;
    const rx = rays[0]! + rays[1]! * x + rays[2]! * y;
    const ry = rays[3]! + rays[4]! * x + rays[5]! * y;
    const rz = rays[6]! + rays[7]! * x + rays[8]! * y;
    const length = Math.sqrt(rx * rx + ry * ry + rz * rz);
    const distance = 1 / inverse;
    const { spot, shine } = this;
    spot[0] = this.#eye[0] + rx * distance;
    spot[1] = this.#eye[1] + ry * distance;
    spot[2] = this.#eye[2] + rz * distance;
    spot[6] = -rx / length;
    spot[7] = -ry / length;
    spot[8] = -rz / length;
    const { material, halfX } = this.#plane;
    const { diffuse, gloss } = this.#lighting;
    this.#lighting.light(material, spot);
    for (let k = 0; k < 3; k++) {
      shine[k] = diffuse[k]! * material.rgba[k]!;
      shine[k + 3] = gloss[k]!;
    }
    if (halfX === Infinity) this.#fade(distance * length, rx, ry);
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
    const inverseX = this.#inverse.x * footprint;
    const alongX = this.#along.x * footprint;
    const acrossX = this.#across.x * footprint;
    let inverse = valueAt(this.#inverse, x, y);
    let along = valueAt(this.#along, x, y);
    let across = valueAt(this.#across, x, y);
    for (let i = 0; i < count; i++) {
      places[i * 2] = (along / inverse) * repeatsU;
      places[i * 2 + 1] = (across / inverse) * -repeatsV;
      inverse += inverseX;
      along += alongX;
      across += acrossX;
    }
    texture.look(places, count, this.texels);
  }

  /** Points the texture at a footprint around a place. */
  #aim(texture: TextureSampler, x: number, y: number, footprint: number): void {
    const { x: fallingX, y: fallingY } = this.#inverse;
    const distance = 1 / valueAt(this.#inverse, x, y);
    const along = valueAt(this.#along, x, y) * distance;
    const across = valueAt(this.#across, x, y) * distance;
    const scaleU = this.#plane.repeats[0] * footprint * distance;
    const scaleV = this.#plane.repeats[1] * footprint * distance;
    const sides = this.#footprint;
    sides[0] = (this.#along.x - along * fallingX) * scaleU;
    sides[1] = (across * fallingX - this.#across.x) * scaleV;
    sides[2] = (this.#along.y - along * fallingY) * scaleU;
    sides[3] = (across * fallingY - this.#across.y) * scaleV;
    texture.aim(sides);
  }

  /** Endless floors go over into the sky. */
  #fade(distance: number, rx: number, ry: number): void {
    const { extent } = this.#lighting;
    const share = Math.min(1, (distance / extent - fadeFrom) / (fadeTo - fadeFrom));
    if (share <= 0) return;
    const sky = this.#sky;
    sky.look(rx, ry, 0);
    const left = (1 - share) ** 3;
    const { shine } = this;
    for (let k = 0; k < 3; k++) {
      shine[k]! *= left;
      shine[k + 3] = shine[k + 3]! * left + sky.colour[k]! * (1 - left);
    }
  }

  #holds(x: number, y: number, near: number, halfX: number, halfY: number): boolean {
    const along = valueAt(this.#along, x + 0.5, y + 0.5) / near;
    const across = valueAt(this.#across, x + 0.5, y + 0.5) / near;
    return Math.abs(along) <= halfX && Math.abs(across) <= halfY;
  }
}

function valueAt({ x, y, at0 }: Linear, sampleX: number, sampleY: number): number {
  return at0 + x * sampleX + y * sampleY;
}
