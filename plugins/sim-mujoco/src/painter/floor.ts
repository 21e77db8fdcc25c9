import type { ScenePlane } from '../scene/scene.ts';
import type { DepthBuffer } from './depth-buffer.ts';
import type { Lighting } from './lighting.ts';
import type { ScenePoses } from './picture-request.ts';
import { dot, type Projection } from './projection.ts';
import type { Sky } from './sky.ts';
import type { TextureSampler } from './texture-sampler.ts';

/** Distances, in extents of the scene, between which an endless floor goes over into the sky. */
const fadeFrom = 3;
const fadeTo = 22;

/** A number that is linear on the screen. */
interface Linear {
  readonly x: number;
  readonly y: number;
  readonly at0: number;
}

/** One plane in one picture: exact per sample, with nothing tessellated. */
export class Floor {
  /** The newest result: red, green, blue, not yet bounded. */
  readonly colour = new Float64Array(3);
  readonly #plane: ScenePlane;
  readonly #texture: TextureSampler | undefined;
  readonly #base = new Float64Array(3);
  readonly #tint = new Float64Array(3);
  /** 1/distance, and the plane's own coordinates over distance. */
  #inverse: Linear = { x: 0, y: 0, at0: 0 };
  #along: Linear = { x: 0, y: 0, at0: 0 };
  #across: Linear = { x: 0, y: 0, at0: 0 };
  #normal: readonly [number, number, number] = [0, 0, 1];
  #projection: Projection | undefined;
  #visible = false;

  constructor(plane: ScenePlane, texture: TextureSampler | undefined) {
    this.#plane = plane;
    this.#texture = texture;
    this.#tint.set(plane.material.rgba.slice(0, 3));
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
    this.#normal = normal;
    this.#projection = projection;
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
    for (let y = 0; y < height; y++) {
      const row = this.#inverse.at0 + this.#inverse.y * (y + 0.5);
      let near = row + this.#inverse.x * 0.5;
      for (let at = y * width; at < (y + 1) * width; at++, near += this.#inverse.x) {
        if (!(near > nearness[at]! && near > 1e-6)) continue;
        if (!endless && !this.#holds(at % width, y, near, halfX, halfY)) continue;
        nearness[at] = near;
        ids[at] = id;
      }
    }
  }

  /** Lights the plane at a place of the buffer; `footprint` is the width of what is looked through, in samples. */
  shade(x: number, y: number, footprint: number, lighting: Lighting, sky: Sky): void {
    const inverse = valueAt(this.#inverse, x, y);
    const along = valueAt(this.#along, x, y) / inverse;
    const across = valueAt(this.#across, x, y) / inverse;
    this.#lookUp(along, across, inverse, footprint);
    const { origin, right, down, forward, scaleX, scaleY, centreX, centreY } = this.#projection!;
    const a = (x - centreX) / scaleX;
    const b = (y - centreY) / scaleY;
    const rx = forward[0] + right[0] * a + down[0] * b;
    const ry = forward[1] + right[1] * a + down[1] * b;
    const rz = forward[2] + right[2] * a + down[2] * b;
    const length = Math.sqrt(rx * rx + ry * ry + rz * rz);
    const distance = 1 / inverse;
    const normal = this.#normal;
    lighting.light(
      this.#plane.material,
      this.#base,
      origin[0] + rx * distance,
      origin[1] + ry * distance,
      origin[2] + rz * distance,
      normal[0],
      normal[1],
      normal[2],
      -rx / length,
      -ry / length,
      -rz / length,
    );
    for (let k = 0; k < 3; k++) this.colour[k] = lighting.colour[k]!;
    if (this.#plane.halfX === Infinity) this.#fade(distance * length, lighting.extent, rx, ry, sky);
  }

  /** Takes the texture's colour times the material's into `base`. */
  #lookUp(along: number, across: number, inverse: number, footprint: number): void {
    const [u, v] = this.#plane.repeats;
    if (!this.#texture) {
      for (let k = 0; k < 3; k++) this.#base[k] = this.#tint[k]!;
      return;
    }
    const falling = this.#inverse;
    const [scaleU, scaleV] = [(u * footprint) / inverse, (v * footprint) / inverse];
    const ux = (this.#along.x - along * falling.x) * scaleU;
    const uy = (this.#along.y - along * falling.y) * scaleU;
    const vx = (this.#across.x - across * falling.x) * scaleV;
    const vy = (this.#across.y - across * falling.y) * scaleV;
    this.#texture.sample(along * u, -across * v, ux, -vx, uy, -vy);
    for (let k = 0; k < 3; k++) this.#base[k] = this.#texture.colour[k]! * this.#tint[k]!;
  }

  #fade(distance: number, extent: number, rx: number, ry: number, sky: Sky): void {
    const share = Math.min(1, Math.max(0, (distance / extent - fadeFrom) / (fadeTo - fadeFrom)));
    if (share === 0) return;
    sky.look(rx, ry, 0);
    const eased = 1 - (1 - share) ** 3;
    for (let k = 0; k < 3; k++) this.colour[k]! += (sky.colour[k]! - this.colour[k]!) * eased;
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
