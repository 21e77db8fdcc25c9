import type { DepthBuffer } from './depth-buffer.ts';

/** Places of vertices on a buffer: samples, y down, and nearness as in {@link DepthBuffer}. */
export interface PlacedVertices {
  readonly x: Float32Array;
  readonly y: Float32Array;
  readonly nearness: Float32Array;
}

/** Triangles whose box is wider than this are filled in spans, others sample by sample. */
const spanWidth = 10;

/**
 * Fills triangles `first` up to `end` of `[T, 3]` vertices, those that are clockwise on the screen left out. What lies outside the
 * buffer is cut off; a sample is covered when its centre is; of triangles that are equally near once stored the last is seen.
 */
export function fillTriangles(
  buffer: DepthBuffer,
  { x, y, nearness: nearnessOf }: PlacedVertices,
  triangles: Uint32Array,
  first: number,
  end: number,
): void {
  const { width, height, nearness, ids } = buffer;
  // one function for all of it: numbers handed to a call for each triangle would be put on the heap; `| 0` keeps integers integers
  for (let t = first; t < end; t++) {
    const a = triangles[t * 3]!;
    const b = triangles[t * 3 + 2]!;
    const c = triangles[t * 3 + 1]!;
    const x0 = x[a]!;
    const y0 = y[a]!;
    const x1 = x[b]!;
    const y1 = y[b]!;
    const x2 = x[c]!;
    const y2 = y[c]!;
    const area = (x1 - x0) * (y2 - y0) - (y1 - y0) * (x2 - x0);
    if (!(area > 0)) continue;
    const minX = x0 < x1 ? (x0 < x2 ? x0 : x2) : x1 < x2 ? x1 : x2;
    const maxX = x0 > x1 ? (x0 > x2 ? x0 : x2) : x1 > x2 ? x1 : x2;
    const left = minX > 0.5 ? Math.ceil(minX - 0.5) | 0 : 0;
    const right = maxX < width - 0.5 ? Math.floor(maxX - 0.5) | 0 : width - 1;
    if (left > right) continue;
    const minY = y0 < y1 ? (y0 < y2 ? y0 : y2) : y1 < y2 ? y1 : y2;
    const maxY = y0 > y1 ? (y0 > y2 ? y0 : y2) : y1 > y2 ? y1 : y2;
    const top = minY > 0.5 ? Math.ceil(minY - 0.5) | 0 : 0;
    const bottom = maxY < height - 0.5 ? Math.floor(maxY - 0.5) | 0 : height - 1;
    if (top > bottom) continue;

    // edge functions: positive inside; e0 faces corner 0
    const e0x = y1 - y2;
    const e0y = x2 - x1;
    const e1x = y2 - y0;
    const e1y = x0 - x2;
    const e2x = y0 - y1;
    const e2y = x1 - x0;
    const px = left + 0.5;
    const py = top + 0.5;
    let e0 = e0x * (px - x1) + e0y * (py - y1);
    let e1 = e1x * (px - x2) + e1y * (py - y2);
    let e2 = e2x * (px - x0) + e2y * (py - y0);
    const n0 = nearnessOf[a]!;
    const scale1 = (nearnessOf[b]! - n0) / area;
    const scale2 = (nearnessOf[c]! - n0) / area;
    const nx = e1x * scale1 + e2x * scale2;
    const ny = e1y * scale1 + e2y * scale2;
    let nearRow = n0 + e1 * scale1 + e2 * scale2;

    if (right - left < spanWidth) {
      for (let row = top; row <= bottom; row++) {
        let inside0 = e0;
        let inside1 = e1;
        let inside2 = e2;
        let near = nearRow;
        const last = row * width + right;
        for (let at = row * width + left; at <= last; at++) {
          if (inside0 >= 0 && inside1 >= 0 && inside2 >= 0 && Math.fround(near) >= nearness[at]!) {
            nearness[at] = near;
            ids[at] = t;
          }
          inside0 += e0x;
          inside1 += e1x;
          inside2 += e2x;
          near += nx;
        }
        e0 += e0y;
        e1 += e1y;
        e2 += e2y;
        nearRow += ny;
      }
      continue;
    }
    const i0 = -1 / e0x;
    const i1 = -1 / e1x;
    const i2 = -1 / e2x;
    for (let row = top; row <= bottom; row++) {
      let from = 0;
      let to = right - left;
      // where each edge is crossed, in samples from the left; an edge along the row only says yes or no
      if (e0x > 0) from = Math.max(from, e0 * i0);
      else if (e0x < 0) to = Math.min(to, e0 * i0);
      else if (e0 < 0) to = -1;
      if (e1x > 0) from = Math.max(from, e1 * i1);
      else if (e1x < 0) to = Math.min(to, e1 * i1);
      else if (e1 < 0) to = -1;
      if (e2x > 0) from = Math.max(from, e2 * i2);
      else if (e2x < 0) to = Math.min(to, e2 * i2);
      else if (e2 < 0) to = -1;
      const start = Math.ceil(from - 1e-7);
      const last = row * width + left + Math.floor(to + 1e-7);
      let near = nearRow + start * nx;
      for (let at = row * width + left + start; at <= last; at++) {
        if (Math.fround(near) >= nearness[at]!) {
          nearness[at] = near;
          ids[at] = t;
        }
        near += nx;
      }
      e0 += e0y;
      e1 += e1y;
      e2 += e2y;
      nearRow += ny;
    }
  }
}
