/**
 * From the world to a buffer of samples: right, down and forward axes (unit), their origin, and how many samples one metre is,
 * in perspective at a distance of one metre.
 */
export interface Projection {
  readonly perspective: boolean;
  readonly origin: readonly [number, number, number];
  readonly right: readonly [number, number, number];
  readonly down: readonly [number, number, number];
  readonly forward: readonly [number, number, number];
  readonly scaleX: number;
  readonly scaleY: number;
  /** Sample that the forward axis goes through. */
  readonly centreX: number;
  readonly centreY: number;
  /** Metres in front of the origin before which nothing is seen; perspective only. */
  readonly near: number;
}

/** A part of a buffer, samples; it may reach beyond. */
export interface Bounds {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

type Vector = readonly [number, number, number];

/** Bounds of a sphere on a buffer, or of its part in front of the near plane. */
export function boundsOfSphere(
  { perspective, origin, right, down, forward, scaleX, scaleY, centreX, centreY, near }: Projection,
  centre: Vector,
  radius: number,
): Bounds {
  const from: Vector = [centre[0] - origin[0], centre[1] - origin[1], centre[2] - origin[2]];
  const [x, y, z] = [dot(right, from), dot(down, from), dot(forward, from)];
  const nearest = perspective ? Math.max(z - radius, near) : 1;
  const farthest = perspective ? Math.max(z + radius, near) : 1;
  const least = (along: number): number => Math.min((along - radius) / nearest, (along - radius) / farthest);
  const most = (along: number): number => Math.max((along + radius) / nearest, (along + radius) / farthest);
  return {
    left: centreX + least(x) * scaleX,
    top: centreY + least(y) * scaleY,
    right: centreX + most(x) * scaleX,
    bottom: centreY + most(y) * scaleY,
  };
}

export function dot(a: Vector, b: Vector): number {
  return a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
}

export function cross(a: Vector, b: Vector): [number, number, number] {
  return [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]];
}

export function unit(v: Vector): [number, number, number] {
  const length = Math.hypot(...v) || 1;
  return [v[0] / length, v[1] / length, v[2] / length];
}

/** `[3, 4]` rows that take a point of the world to metres right, down and forward of a projection's origin. */
export function worldToView({ origin, right, down, forward }: Projection): Float64Array {
  return Float64Array.from([right, down, forward].flatMap((axis) => [...axis, -dot(axis, origin)]));
}

/** Two directions at right angles to `forward` and each other. */
export function acrossOf(forward: Vector): {
  right: [number, number, number];
  down: [number, number, number];
} {
  const right = unit(cross(forward, Math.abs(forward[2]) > 0.99 ? [0, 1, 0] : [0, 0, 1]));
  return { right, down: cross(forward, right) };
}
