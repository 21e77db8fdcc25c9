import type { DepthBuffer } from './depth-buffer.ts';

/** What of a light's map is between the light and a point. */
export class Blockers {
  /** Of the newest search: share of the texels that block, and their mean nearness; NaN when none does. */
  share = 0;
  nearness = 0;

  /** Looks at every other texel of a square around a place for what is nearer than `reference`. */
  search(map: DepthBuffer, u: number, v: number, halfWidth: number, reference: number): void {
    const { nearness, width } = map;
    const middle = Math.floor(v) * width + Math.floor(u);
    let sum = 0;
    let count = 0;
    for (let dv = -halfWidth; dv <= halfWidth; dv += 2) {
      const row = middle + dv * width;
      for (let at = row - halfWidth; at <= row + halfWidth; at += 2) {
        const near = nearness[at]!;
        if (near > reference) {
          sum += near;
          count++;
        }
      }
    }
    this.share = count / (halfWidth + 1) ** 2;
    this.nearness = sum / count;
  }
}

/** Share of a square of the given half width that is nearer than `reference`; texels at its edges count in part. */
export function shareCovered(
  { nearness, width }: DepthBuffer,
  u: number,
  v: number,
  radius: number,
  reference: number,
): number {
  const left = Math.floor(u - radius);
  const right = Math.floor(u + radius);
  const top = Math.floor(v - radius);
  const bottom = Math.floor(v + radius);
  const leftShare = left + 1 - (u - radius);
  const rightShare = u + radius - right;
  let sum = 0;
  for (let y = top; y <= bottom; y++) {
    const first = y * width + left;
    const last = y * width + right;
    let row = nearness[first]! > reference ? leftShare : 0;
    for (let at = first + 1; at < last; at++) if (nearness[at]! > reference) row++;
    if (nearness[last]! > reference) row += rightShare;
    sum += y === top ? row * (top + 1 - (v - radius)) : y === bottom ? row * (v + radius - bottom) : row;
  }
  return sum / (4 * radius * radius);
}
