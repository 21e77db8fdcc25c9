import type { SceneLight } from '../scene/scene.ts';
import { DepthBuffer } from './depth-buffer.ts';
import { fillShape, ProjectedVertices } from './fill-shapes.ts';
import type { FlatScene } from './flat-scene.ts';
import type { ScenePoses } from './picture-request.ts';
import { acrossOf, dot, unit, type Projection } from './projection.ts';

/** Texels in each direction, of the map and of the tiles that sum it up. */
const size = 1024;
const tile = 8;
const tiles = size / tile;

/** Half widths of a shadow's soft edge, texels: where it touches what throws it, and at most. */
const sharpest = 1.3;
const softest = 6;
/** Metres of edge for each metre between thrower and surface. */
const softening = 0.035;

/** What one light sees, and from that how much of its light reaches a point. */
export class ShadowMap {
  readonly #buffer = new DepthBuffer(size, size);
  readonly #vertices: ProjectedVertices;
  /** Nearest and farthest thing in each tile and its neighbours. */
  readonly #nearest = new Float32Array(tiles * tiles);
  readonly #farthest = new Float32Array(tiles * tiles);
  #projection: Projection | undefined;
  #texel = 1;

  constructor(flat: FlatScene) {
    this.#vertices = new ProjectedVertices(flat);
  }

  /** Draws the opaque shapes as the light sees them. */
  draw(flat: FlatScene, light: SceneLight, poses: ScenePoses): void {
    const projection = lightProjection(flat, light, poses);
    this.#projection = projection;
    this.#texel = 1 / projection.scaleX;
    this.#buffer.clear(projection.perspective ? 0 : -Infinity, -1);
    this.#vertices.restart(flat);
    for (const shape of flat.shapes) {
      if (shape.material.rgba[3] === 1)
        fillShape(flat, shape, poses, projection, this.#vertices, this.#buffer);
    }
    sumUp(this.#buffer.nearness, this.#nearest, this.#farthest);
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
    const at = ((v / tile) | 0) * tiles + ((u / tile) | 0);
    if (this.#nearest[at]! <= wide) return 1;
    const tight = nearnessOf(perspective, distance - texel * (1 + sharpest * slope));
    if (this.#farthest[at]! > tight) return 0;
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
    const reference = nearnessOf(perspective, farthest);
    const lastColumn = Math.min(tiles - 1, Math.floor(end / tile));
    const lastRow = Math.min(tiles - 1, Math.floor(bottom / tile));
    for (let row = Math.max(0, Math.floor(top / tile)); row <= lastRow; row++) {
      for (let column = Math.max(0, Math.floor(left / tile)); column <= lastColumn; column++) {
        if (this.#nearest[row * tiles + column]! > reference) return false;
      }
    }
    return true;
  }

  /** NaN when nothing is in the way. */
  #meanBlocker(u: number, v: number, reference: number): number {
    const { nearness } = this.#buffer;
    let sum = 0;
    let count = 0;
    for (let dv = -softest; dv <= softest; dv += 2) {
      const row = ((v + dv) | 0) * size;
      for (let du = -softest; du <= softest; du += 2) {
        const near = nearness[row + ((u + du) | 0)]!;
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
    const left = u - radius;
    const right = u + radius;
    const top = v - radius;
    const bottom = v + radius;
    let sum = 0;
    for (let y = Math.floor(top); y < bottom; y++) {
      const high = Math.min(y + 1, bottom) - Math.max(y, top);
      const row = y * size;
      for (let x = Math.floor(left); x < right; x++) {
        if (nearness[row + x]! > reference) sum += high * (Math.min(x + 1, right) - Math.max(x, left));
      }
    }
    return sum / (4 * radius * radius);
  }
}

function nearnessOf(perspective: boolean, distance: number): number {
  return perspective ? 1 / Math.max(distance, 1e-9) : -distance;
}

function lightProjection(
  flat: FlatScene,
  { kind, light, cutoff }: SceneLight,
  poses: ScenePoses,
): Projection {
  const vector = (from: Float64Array): [number, number, number] => [
    from[light * 3]!,
    from[light * 3 + 1]!,
    from[light * 3 + 2]!,
  ];
  const forward = unit(vector(poses.lightDirections));
  const { right, down } = acrossOf(forward);
  const common = { right, down, forward, centreX: size / 2, centreY: size / 2 };
  if (kind !== 'directional') {
    const wide = Math.tan(Math.min(kind === 'spot' ? cutoff : Math.PI, (70 * Math.PI) / 180));
    const scale = size / 2 / wide;
    const near = 0.02 * flat.scene.extent;
    return {
      ...common,
      perspective: true,
      origin: vector(poses.lightPositions),
      scaleX: scale,
      scaleY: scale,
      near,
    };
  }
  const step = flat.scene.extent / 4;
  const [minX, maxX] = rangeAlong(flat, poses, right, step);
  const [minY, maxY] = rangeAlong(flat, poses, down, step);
  const half = Math.max(maxX - minX, maxY - minY) / 2 + step / 4;
  const [x, y] = [(minX + maxX) / 2, (minY + maxY) / 2];
  const origin = [0, 1, 2].map((k) => right[k]! * x + down[k]! * y) as unknown as [number, number, number];
  const scale = size / 2 / half;
  return { ...common, perspective: false, origin, scaleX: scale, scaleY: scale, near: 0 };
}

/** What the shapes cover along an axis, in whole steps, so that an edge does not swim while things move. Very large shapes do not count. */
function rangeAlong(
  flat: FlatScene,
  { geomPositions }: ScenePoses,
  axis: readonly [number, number, number],
  step: number,
): [number, number] {
  let [low, high] = [Infinity, -Infinity];
  for (const { geom, radius } of flat.shapes) {
    if (radius > 3 * flat.scene.extent) continue;
    const along = dot(axis, [
      geomPositions[geom * 3]!,
      geomPositions[geom * 3 + 1]!,
      geomPositions[geom * 3 + 2]!,
    ]);
    low = Math.min(low, along - radius);
    high = Math.max(high, along + radius);
  }
  if (low > high) return [-flat.scene.extent, flat.scene.extent];
  return [Math.floor(low / step) * step, Math.ceil(high / step) * step];
}

function sumUp(nearness: Float32Array, nearest: Float32Array, farthest: Float32Array): void {
  const [own, ownFar] = [new Float32Array(tiles * tiles), new Float32Array(tiles * tiles)];
  for (let t = 0; t < tiles * tiles; t++) {
    const corner = Math.floor(t / tiles) * tile * size + (t % tiles) * tile;
    let [high, low] = [-Infinity, Infinity];
    for (let y = 0; y < tile; y++) {
      for (let at = corner + y * size; at < corner + y * size + tile; at++) {
        const value = nearness[at]!;
        if (value > high) high = value;
        if (value < low) low = value;
      }
    }
    own[t] = high;
    ownFar[t] = low;
  }
  for (let t = 0; t < tiles * tiles; t++) {
    const [row, column] = [Math.floor(t / tiles), t % tiles];
    let [high, low] = [-Infinity, Infinity];
    for (let y = Math.max(0, row - 1); y <= Math.min(tiles - 1, row + 1); y++) {
      for (let x = Math.max(0, column - 1); x <= Math.min(tiles - 1, column + 1); x++) {
        high = Math.max(high, own[y * tiles + x]!);
        low = Math.min(low, ownFar[y * tiles + x]!);
      }
    }
    nearest[t] = high;
    farthest[t] = low;
  }
}
