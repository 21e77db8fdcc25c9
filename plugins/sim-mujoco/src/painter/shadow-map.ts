import type { SceneLight } from '../scene/scene.ts';
import { DepthBuffer } from './depth-buffer.ts';
import { DepthTiles } from './depth-tiles.ts';
import { fillShape, ProjectedVertices } from './fill-shapes.ts';
import type { FlatScene, FlatShape } from './flat-scene.ts';
import type { ScenePoses } from './picture-request.ts';
import { lightProjection } from './light-projection.ts';
import { boundsOfSphere, type Projection } from './projection.ts';

/** Texels in each direction. */
const size = 1024;

/** Half widths of a shadow's soft edge, texels: where it touches what throws it, and at most. */
const sharpest = 1.3;
const softest = 6;
/** Metres of edge for each metre between thrower and surface. */
const softening = 0.035;

/** What one light sees, and from that how much of its light reaches a point. */
export class ShadowMap {
  readonly #buffer = new DepthBuffer(size, size);
  readonly #vertices: ProjectedVertices;
  readonly #tiles = new DepthTiles(size);
  #projection: Projection | undefined;
  #texel = 1;

  constructor(flat: FlatScene) {
    this.#vertices = new ProjectedVertices(flat);
  }

  /** Draws the opaque shapes as the light sees them. */
  draw(flat: FlatScene, light: SceneLight, poses: ScenePoses): void {
    const projection = lightProjection(flat, light, poses, size);
    this.#projection = projection;
    this.#texel = 1 / projection.scaleX;
    const nothing = projection.perspective ? 0 : -Infinity;
    this.#buffer.clear(nothing, -1);
    this.#tiles.clear(nothing);
    this.#vertices.restart(flat);
    for (const shape of flat.shapes) {
      if (shape.material.rgba[3] < 1) continue;
      if (fillShape(flat, shape, poses, projection, this.#vertices, this.#buffer))
        this.#tiles.touch(boundsOfSphere(projection, placeOf(shape, poses), shape.radius));
    }
    this.#tiles.sumUp(this.#buffer.nearness);
  }

  /** Share of the light, 0 to 1, that reaches a point whose surface meets it at a cosine of `facing`. */
  visibility(x: number, y: number, z: number, facing: number): number {
    const { perspective, origin, right, down, forward, scaleX, centreX, centreY, near } = this.#projection!;
    const px = x - origin[0];
    const py = y - origin[1];
    const pz = z - origin[2];
    const distance = forward[0] * px + forward[1] * py + forward[2] * pz;
    if (perspective && distance <= near) return 1;
    const scale = perspective ? scaleX / distance : scaleX;
    const u = centreX + (right[0] * px + right[1] * py + right[2] * pz) * scale;
    const v = centreY + (down[0] * px + down[1] * py + down[2] * pz) * scale;
    if (!(u > softest && v > softest && u < size - softest && v < size - softest)) return 1;
    const texel = perspective ? this.#texel * distance : this.#texel;
    const slope = Math.min(4, Math.sqrt(1 - facing * facing) / Math.max(facing, 0.05));
    const wide = nearnessOf(perspective, distance - texel * (1 + softest * slope));
    const at = this.#tiles.at(u, v);
    if (this.#tiles.nearest[at]! <= wide) return 1;
    const tight = nearnessOf(perspective, distance - texel * (1 + sharpest * slope));
    if (this.#tiles.farthest[at]! > tight) return 0;
    const blocker = this.#meanBlocker(u, v, wide);
    // a thin thrower between the wide bias and the surface is still one
    const gap = Number.isNaN(blocker) ? 0 : distance - (perspective ? 1 / blocker : -blocker);
    const radius = Math.min(softest, sharpest + (softening * Math.max(0, gap)) / texel);
    return 1 - this.#coverage(u, v, radius, nearnessOf(perspective, distance - texel * (1 + radius * slope)));
  }

  /** Whether nothing is between the light and what lies between four points `[4, 3]` of a plane. May say no where nothing is. */
  isFree(corners: Float64Array): boolean {
    const { perspective, origin, right, down, forward, scaleX, centreX, centreY, near } = this.#projection!;
    let [left, top, end, bottom, farthest] = [Infinity, Infinity, -Infinity, -Infinity, -Infinity];
    for (let k = 0; k < 12; k += 3) {
      const px = corners[k]! - origin[0];
      const py = corners[k + 1]! - origin[1];
      const pz = corners[k + 2]! - origin[2];
      const distance = forward[0] * px + forward[1] * py + forward[2] * pz;
      if (perspective && distance <= near) return false;
      const scale = perspective ? scaleX / distance : scaleX;
      const u = centreX + (right[0] * px + right[1] * py + right[2] * pz) * scale;
      const v = centreY + (down[0] * px + down[1] * py + down[2] * pz) * scale;
      if (u < left) left = u;
      if (u > end) end = u;
      if (v < top) top = v;
      if (v > bottom) bottom = v;
      if (distance > farthest) farthest = distance;
    }
    return !this.#tiles.holdNearer(nearnessOf(perspective, farthest), { left, top, right: end, bottom });
  }

  /** Of what is nearer than `reference` around a place of the map; NaN when nothing is. */
  #meanBlocker(u: number, v: number, reference: number): number {
    const { nearness } = this.#buffer;
    const middle = Math.floor(v) * size + Math.floor(u);
    let sum = 0;
    let count = 0;
    for (let dv = -softest; dv <= softest; dv += 2) {
      const row = middle + dv * size;
      for (let at = row - softest; at <= row + softest; at += 2) {
        const near = nearness[at]!;
        if (near > reference) {
          sum += near;
          count++;
        }
      }
    }
    return sum / count;
  }

  /** Share of a square of the given half width that is nearer than `reference`; texels at its edges count in part. */
  #coverage(u: number, v: number, radius: number, reference: number): number {
    const { nearness } = this.#buffer;
    const left = Math.floor(u - radius);
    const right = Math.floor(u + radius);
    const top = Math.floor(v - radius);
    const bottom = Math.floor(v + radius);
    const leftShare = left + 1 - (u - radius);
    const rightShare = u + radius - right;
    let sum = 0;
    for (let y = top; y <= bottom; y++) {
      const first = y * size + left;
      const last = y * size + right;
      let row = nearness[first]! > reference ? leftShare : 0;
      for (let at = first + 1; at < last; at++) if (nearness[at]! > reference) row++;
      if (nearness[last]! > reference) row += rightShare;
      sum += y === top ? row * (top + 1 - (v - radius)) : y === bottom ? row * (v + radius - bottom) : row;
    }
    return sum / (4 * radius * radius);
  }
}

function placeOf({ geom }: FlatShape, { geomPositions: p }: ScenePoses): [number, number, number] {
  return [p[geom * 3]!, p[geom * 3 + 1]!, p[geom * 3 + 2]!];
}

function nearnessOf(perspective: boolean, distance: number): number {
  return perspective ? 1 / Math.max(distance, 1e-9) : -distance;
}
