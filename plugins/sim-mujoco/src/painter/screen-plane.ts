import type { ScenePlane } from '../scene/scene.ts';
import type { DepthBuffer } from './depth-buffer.ts';
import type { ScenePoses } from './picture-request.ts';
import { dot, type Projection } from './projection.ts';

/** 1/metres: what is farther is not there. */
export const farthest = 1e-6;

/** Share of its nearness by which a plane must be nearer than a surface to hide it: a table top that lies in the floor is seen, whole. */
const margin = 1 + 2e-5;

/** A number that is linear on the screen. */
interface Linear {
  readonly x: number;
  readonly y: number;
  readonly at0: number;
}

/** A plane as it lies on the screen: exact per sample, with nothing tessellated. */
export class ScreenPlane {
  /** 1/distance along the axis of the eye. */
  inverse: Linear = { x: 0, y: 0, at0: 0 };
  /** The plane's own coordinates over that distance. */
  along: Linear = { x: 0, y: 0, at0: 0 };
  across: Linear = { x: 0, y: 0, at0: 0 };
  /** In the world. */
  normal: readonly [number, number, number] = [0, 0, 1];
  readonly #plane: ScenePlane;
  #visible = false;

  constructor(plane: ScenePlane) {
    this.#plane = plane;
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
    this.normal = normal;
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
    this.inverse = inverse;
    this.along = local(alongAxis);
    this.across = local(acrossAxis);
  }

  /** Puts the plane into the buffer where it is nearer than what is there. */
  fill(buffer: DepthBuffer, id: number): void {
    if (!this.#visible) return;
    const { width, height, nearness, ids } = buffer;
    const { halfX, halfY } = this.#plane;
    const endless = halfX === Infinity && halfY === Infinity;
    const step = this.inverse.x;
    for (let y = 0; y < height; y++) {
      let near = valueAt(this.inverse, 0.5, y + 0.5);
      if (near <= farthest && near + step * width <= farthest) continue;
      const end = (y + 1) * width;
      for (let at = y * width; at < end; at++, near += step) {
        if (!(near > nearness[at]! * margin && near > farthest)) continue;
        if (!endless && !this.#holds(at - y * width, y, near, halfX, halfY)) continue;
        nearness[at] = near;
        ids[at] = id;
      }
    }
  }

  #holds(x: number, y: number, near: number, halfX: number, halfY: number): boolean {
    const along = valueAt(this.along, x + 0.5, y + 0.5) / near;
    const across = valueAt(this.across, x + 0.5, y + 0.5) / near;
    return Math.abs(along) <= halfX && Math.abs(across) <= halfY;
  }
}

export function valueAt({ x, y, at0 }: Linear, sampleX: number, sampleY: number): number {
  return at0 + x * sampleX + y * sampleY;
}
