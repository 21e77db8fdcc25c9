/** A unit quaternion, wxyz. */
export type Quaternion = readonly [w: number, x: number, y: number, z: number];
/** Metres, or whatever the caller says. */
export type Vector3 = readonly [x: number, y: number, z: number];

/** The rotation `a` after `b` (Hamilton product). */
export function multiplyQuaternions([aw, ax, ay, az]: Quaternion, [bw, bx, by, bz]: Quaternion): Quaternion {
  return [
    aw * bw - ax * bx - ay * by - az * bz,
    aw * bx + ax * bw + ay * bz - az * by,
    aw * by - ax * bz + ay * bw + az * bx,
    aw * bz + ax * by - ay * bx + az * bw,
  ];
}

/** The rotation back. */
export function invertQuaternion([w, x, y, z]: Quaternion): Quaternion {
  return [w, -x, -y, -z];
}

/** `v` turned by `q`. */
export function rotateVector([w, x, y, z]: Quaternion, [vx, vy, vz]: Vector3): Vector3 {
  const tx = 2 * (y * vz - z * vy);
  const ty = 2 * (z * vx - x * vz);
  const tz = 2 * (x * vy - y * vx);
  return [vx + w * tx + y * tz - z * ty, vy + w * ty + z * tx - x * tz, vz + w * tz + x * ty - y * tx];
}

/** Radians, 0 to π, between two rotations; a quaternion and its negative are the same. */
export function angleBetween(a: Quaternion, b: Quaternion): number {
  const [w, x, y, z] = multiplyQuaternions(invertQuaternion(a), b);
  return 2 * Math.atan2(Math.hypot(x, y, z), Math.abs(w));
}

/** The rotation at `t` from 0 (`a`) to 1 (`b`) at constant speed, the shorter way round. */
export function slerp(a: Quaternion, b: Quaternion, t: number): Quaternion {
  const dot = a[0] * b[0] + a[1] * b[1] + a[2] * b[2] + a[3] * b[3];
  const sign = dot < 0 ? -1 : 1;
  const angle = Math.acos(Math.min(1, Math.abs(dot)));
  // below this the sines lose their digits and a straight line is exact enough
  const [left, right] =
    angle < 1e-4
      ? [1 - t, t]
      : [Math.sin((1 - t) * angle) / Math.sin(angle), Math.sin(t * angle) / Math.sin(angle)];
  const mixed = a.map((value, i) => left * value + right * sign * b[i]!) as unknown as Quaternion;
  const norm = Math.hypot(...mixed);
  return mixed.map((value) => value / norm) as unknown as Quaternion;
}
