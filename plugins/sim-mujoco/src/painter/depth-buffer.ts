/** Ids of samples that show no triangle: nothing but sky, and the first plane; the next one's is one less. */
export const skyId = -1;
export const firstFloor = -2;

/**
 * For each sample the nearest triangle and how near it is: `nearness` grows towards the eye and is linear on the
 * screen (1/distance in perspective, −distance in parallel projection).
 */
export class DepthBuffer {
  readonly width: number;
  readonly height: number;
  readonly nearness: Float32Array;
  /** Number of the triangle, or {@link skyId}, {@link firstFloor} and below. */
  readonly ids: Int32Array;

  constructor(width: number, height: number) {
    this.width = width;
    this.height = height;
    this.nearness = new Float32Array(width * height);
    this.ids = new Int32Array(width * height);
  }

  clear(nearness: number, id: number): void {
    this.nearness.fill(nearness);
    this.ids.fill(id);
  }
}

/** Triangles whose box is wider than this are filled in spans, others sample by sample. */
const spanWidth = 10;

/**
 * Fills a triangle given by its corners on the screen (samples, y down, clockwise as seen) and their nearness. What lies outside
 * the buffer is cut off; a sample is covered when its centre is; of two that are equally near the later one stays.
 */
export function fillTriangle(
  buffer: DepthBuffer,
  x0: number,
  y0: number,
  n0: number,
  x1: number,
  y1: number,
  n1: number,
  x2: number,
  y2: number,
  n2: number,
  id: number,
): void {
  const { width, height, nearness, ids } = buffer;
  let minX = x0 < x1 ? x0 : x1;
  let maxX = x0 < x1 ? x1 : x0;
  if (x2 < minX) minX = x2;
  if (x2 > maxX) maxX = x2;
  let minY = y0 < y1 ? y0 : y1;
  let maxY = y0 < y1 ? y1 : y0;
  if (y2 < minY) minY = y2;
  if (y2 > maxY) maxY = y2;
  const left = minX > 0.5 ? Math.ceil(minX - 0.5) : 0;
  const right = maxX < width - 0.5 ? Math.floor(maxX - 0.5) : width - 1;
  const top = minY > 0.5 ? Math.ceil(minY - 0.5) : 0;
  const bottom = maxY < height - 0.5 ? Math.floor(maxY - 0.5) : height - 1;
  if (left > right || top > bottom) return;

  // edge functions: positive inside; e0 faces corner 0
  const e0x = y1 - y2;
  const e0y = x2 - x1;
  const e1x = y2 - y0;
  const e1y = x0 - x2;
  const e2x = y0 - y1;
  const e2y = x1 - x0;
  const area = e2y * (y2 - y0) + e2x * (x2 - x0);
  if (!(area > 0)) return;
  const px = left + 0.5;
  const py = top + 0.5;
  let e0 = e0x * (px - x1) + e0y * (py - y1);
  let e1 = e1x * (px - x2) + e1y * (py - y2);
  let e2 = e2x * (px - x0) + e2y * (py - y0);
  const scale1 = (n1 - n0) / area;
  const scale2 = (n2 - n0) / area;
  const nx = e1x * scale1 + e2x * scale2;
  const ny = e1y * scale1 + e2y * scale2;
  let nearRow = n0 + e1 * scale1 + e2 * scale2;

  if (right - left < spanWidth) {
    for (let y = top; y <= bottom; y++) {
      let at = y * width + left;
      let a = e0;
      let b = e1;
      let c = e2;
      let near = nearRow;
      for (let x = left; x <= right; x++) {
        if (a >= 0 && b >= 0 && c >= 0 && Math.fround(near) >= nearness[at]!) {
          nearness[at] = near;
          ids[at] = id;
        }
        at++;
        a += e0x;
        b += e1x;
        c += e2x;
        near += nx;
      }
      e0 += e0y;
      e1 += e1y;
      e2 += e2y;
      nearRow += ny;
    }
    return;
  }
  const i0 = -1 / e0x;
  const i1 = -1 / e1x;
  const i2 = -1 / e2x;
  const last = right - left;
  for (let y = top; y <= bottom; y++) {
    let from = 0;
    let to = last;
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
    const first = Math.ceil(from - 1e-7);
    const end = Math.floor(to + 1e-7);
    let near = nearRow + first * nx;
    const row = y * width + left;
    for (let at = row + first; at <= row + end; at++) {
      if (Math.fround(near) >= nearness[at]!) {
        nearness[at] = near;
        ids[at] = id;
      }
      near += nx;
    }
    e0 += e0y;
    e1 += e1y;
    e2 += e2y;
    nearRow += ny;
  }
}
