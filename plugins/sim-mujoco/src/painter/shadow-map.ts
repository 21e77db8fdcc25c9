import type { SceneLight } from '../scene/scene.ts';
import { DepthBuffer } from './depth-buffer.ts';
import { DepthTiles } from './depth-tiles.ts';
import { fillShape, ProjectedVertices } from './fill-shapes.ts';
import type { FlatScene, FlatShape } from './flat-scene.ts';
import type { ScenePoses } from './picture-request.ts';
import { lightProjection } from './light-projection.ts';
import { Blockers, shareCovered } from './soft-edge.ts';
import { boundsOfSphere, worldToView, type Projection } from './projection.ts';

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
  readonly #blockers = new Blockers();
  #projection: Projection | undefined;
  #perspective = false;
  #toView: Float64Array = new Float64Array(12);
  /** Texels, and metres along the axis. */
  readonly #place = new Float64Array(3);
  #texel = 1;

  constructor(flat: FlatScene) {
    this.#vertices = new ProjectedVertices(flat);
  }

  /** Draws the opaque shapes as the light sees them. */
  draw(flat: FlatScene, light: SceneLight, poses: ScenePoses): void {
    const projection = lightProjection(flat, light, poses, size);
    this.#projection = projection;
    this.#perspective = projection.perspective;
    this.#toView = worldToView(projection);
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
  visibility(point: Float64Array, facing: number): number {
    if (!this.#project(point, 0)) return 1;
    const u = this.#place[0]!;
    const v = this.#place[1]!;
    const distance = this.#place[2]!;
    if (!(u > softest && v > softest && u < size - softest && v < size - softest)) return 1;
    const perspective = this.#perspective;
    const texel = perspective ? this.#texel * distance : this.#texel;
    const slope = Math.min(4, Math.sqrt(Math.max(0, 1 - facing * facing)) / Math.max(facing, 0.05));
    const wide = nearnessOf(perspective, distance - texel * (1 + softest * slope));
    const tile = this.#tiles.at(u, v);
    if (this.#tiles.nearest[tile]! <= wide) return 1;
    const tight = nearnessOf(perspective, distance - texel * (1 + sharpest * slope));
    if (this.#tiles.farthest[tile]! > tight) return 0;
    this.#blockers.search(this.#buffer, u, v, softest, wide);
    const { share, nearness } = this.#blockers;
    if (share === 1) return 0;
    // a thin thrower between the wide bias and the surface is still one
    const gap = share === 0 ? 0 : distance - (perspective ? 1 / nearness : -nearness);
    const radius = Math.min(softest, sharpest + (softening * Math.max(0, gap)) / texel);
    const reference = nearnessOf(perspective, distance - texel * (1 + radius * slope));
    return 1 - shareCovered(this.#buffer, u, v, radius, reference);
  }

  /** Whether nothing is between the light and what lies between four points `[4, 3]` of a plane. May say no where nothing is. */
  isFree(corners: Float64Array): boolean {
    const place = this.#place;
    let [left, top, right, bottom, farthest] = [Infinity, Infinity, -Infinity, -Infinity, -Infinity];
    for (let corner = 0; corner < 12; corner += 3) {
      if (!this.#project(corners, corner)) return false;
      left = Math.min(left, place[0]!);
      right = Math.max(right, place[0]!);
      top = Math.min(top, place[1]!);
      bottom = Math.max(bottom, place[1]!);
      farthest = Math.max(farthest, place[2]!);
    }
    return !this.#tiles.holdNearer(nearnessOf(this.#perspective, farthest), { left, top, right, bottom });
  }

  /** Finds where on the map a point is, and its distance along the light's axis. False when it is nearer to the light than the map begins. */
  #project(points: Float64Array, at: number): boolean {
    const x = points[at]!;
    const y = points[at + 1]!;
    const z = points[at + 2]!;
    const toView = this.#toView;
    const { scaleX, centreX, centreY, near } = this.#projection!;
    const perspective = this.#perspective;
    const distance = toView[8]! * x + toView[9]! * y + toView[10]! * z + toView[11]!;
    if (perspective && distance <= near) return false;
    const scale = perspective ? scaleX / distance : scaleX;
    this.#place[0] = centreX + (toView[0]! * x + toView[1]! * y + toView[2]! * z + toView[3]!) * scale;
    this.#place[1] = centreY + (toView[4]! * x + toView[5]! * y + toView[6]! * z + toView[7]!) * scale;
    this.#place[2] = distance;
    return true;
  }
}

function placeOf({ geom }: FlatShape, { geomPositions: p }: ScenePoses): [number, number, number] {
  return [p[geom * 3]!, p[geom * 3 + 1]!, p[geom * 3 + 2]!];
}

function nearnessOf(perspective: boolean, distance: number): number {
  return perspective ? 1 / Math.max(distance, 1e-9) : -distance;
}
