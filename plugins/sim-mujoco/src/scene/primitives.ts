import type { SceneForm } from './texture-mapping.ts';

const around = 48;
const ringsOfHalf = 12;

/** One closed profile turned about Z: points from the top down, each with the normal's parts away from and along the axis. */
interface ProfilePoint {
  readonly radius: number;
  readonly z: number;
  readonly outward: number;
  readonly upward: number;
  /** Of the texture, from its first row at 0; undefined on a disc, on which the texture lies flat. */
  readonly v: number | undefined;
  /** Height where the radius is 1, as MuJoCo scales shapes: to this a cube map's directions belong. */
  readonly unitZ: number;
}

/** Half axes, metres. */
export function ellipsoidMesh(x: number, y: number, z: number): SceneForm {
  const unit = turn(arc(0, 2 * ringsOfHalf, 1, 0), 1);
  const positions = unit.positions.map((value, i) => value * [x, y, z][i % 3]!);
  const normals = unit.normals.map((value, i) => value / [x, y, z][i % 3]!);
  for (let i = 0; i < normals.length; i += 3) {
    const length = Math.hypot(normals[i]!, normals[i + 1]!, normals[i + 2]!);
    for (let k = i; k < i + 3; k++) normals[k]! /= length;
  }
  return { ...unit, positions, normals, radius: Math.max(x, y, z) };
}

/** A cylinder along Z of the given half length between two half spheres, each of the three with the whole texture. */
export function capsuleMesh(radius: number, half: number): SceneForm {
  const profile = [
    ...arc(0, ringsOfHalf, radius, half),
    ...side(radius, half),
    ...arc(ringsOfHalf, 2 * ringsOfHalf, radius, -half),
  ];
  return turn(profile, radius);
}

/** Along Z, with flat ends. */
export function cylinderMesh(radius: number, half: number): SceneForm {
  const disc = (sign: 1 | -1): ProfilePoint => ({
    radius,
    z: sign * half,
    outward: 0,
    upward: sign,
    v: undefined,
    unitZ: sign,
  });
  const profile = [
    { ...disc(1), radius: 0 },
    disc(1),
    ...side(radius, half),
    disc(-1),
    { ...disc(-1), radius: 0 },
  ];
  return turn(profile, radius);
}

/** Half lengths; each face has the whole texture. */
export function boxMesh(x: number, y: number, z: number): SceneForm {
  const half = [x, y, z];
  const positions: number[] = [];
  const normals: number[] = [];
  const uvs: number[] = [];
  const units: number[] = [];
  const triangles: number[] = [];
  for (let face = 0; face < 6; face++) {
    const axis = face >> 1;
    const side = face & 1 ? -1 : 1;
    // the texture's right and up, and whether the corners in its order turn clockwise seen from outside
    const [u, v] = axis === 0 ? [1, 2] : axis === 1 ? [0, 2] : [0, 1];
    const clockwise = (axis === 1 ? -1 : 1) !== side;
    for (const [a, b] of [
      [-1, -1],
      [1, -1],
      [1, 1],
      [-1, 1],
    ] as const) {
      const unit = [0, 0, 0];
      unit[axis] = side;
      unit[u!] = a;
      unit[v!] = b;
      units.push(...unit);
      positions.push(...unit.map((value, k) => value * half[k]!));
      normals.push(...[0, 1, 2].map((k) => (k === axis ? side : 0)));
      uvs.push((1 + a) / 2, (1 - b) / 2);
    }
    triangles.push(...(clockwise ? [0, 2, 1, 0, 3, 2] : [0, 1, 2, 0, 2, 3]).map((k) => face * 4 + k));
  }
  return {
    positions: Float32Array.from(positions),
    normals: Float32Array.from(normals),
    uvs: Float32Array.from(uvs),
    units: Float32Array.from(units),
    triangles: Uint32Array.from(triangles),
    radius: Math.hypot(x, y, z),
  };
}

/** Part of a half circle from the top pole, in steps of half rings, its centre lifted by `lift`. */
function arc(from: number, to: number, radius: number, lift: number): ProfilePoint[] {
  return Array.from({ length: to - from + 1 }, (_, i) => {
    const angle = ((from + i) / (2 * ringsOfHalf)) * Math.PI;
    const [outward, upward] = [Math.sin(angle), Math.cos(angle)];
    return {
      radius: radius * outward,
      z: lift + radius * upward,
      outward,
      upward,
      v: i / (to - from),
      unitZ: Math.sign(lift) + upward,
    };
  });
}

function side(radius: number, half: number): ProfilePoint[] {
  const at = (sign: 1 | -1): ProfilePoint => ({
    radius,
    z: sign * half,
    outward: 1,
    upward: 0,
    v: (1 - sign) / 2,
    unitZ: sign,
  });
  return [at(1), at(-1)];
}

/** Turns a profile whose points are on circles of up to `largest`. The column where a turn ends lies on the one where it begins. */
function turn(profile: readonly ProfilePoint[], largest: number): SceneForm {
  const columns = around + 1;
  const positions = new Float32Array(profile.length * columns * 3);
  const normals = new Float32Array(positions.length);
  const units = new Float32Array(positions.length);
  const uvs = new Float32Array(profile.length * columns * 2);
  profile.forEach(({ radius, z, outward, upward, v, unitZ }, ring) => {
    // a pole's triangle is one column wide: its tip lies in the middle
    const tip = radius > 1e-9 ? 0 : ring === 0 ? -0.5 : 0.5;
    for (let k = 0; k < columns; k++) {
      const angle = (2 * Math.PI * (k % around)) / around;
      const [c, s] = [Math.cos(angle), Math.sin(angle)];
      const [x, y] = [(c * radius) / largest, (s * radius) / largest];
      const i = ring * columns + k;
      positions.set([radius * c, radius * s, z], i * 3);
      normals.set([outward * c, outward * s, upward], i * 3);
      units.set([x, y, unitZ], i * 3);
      uvs.set(v === undefined ? [(1 + x) / 2, (1 + y) / 2] : [(k + tip) / around, v], i * 2);
    }
  });
  const triangles: number[] = [];
  for (let ring = 0; ring + 1 < profile.length; ring++) {
    const [upper, lower] = [profile[ring]!, profile[ring + 1]!];
    if (upper.radius === lower.radius && upper.z === lower.z) continue;
    for (let k = 0; k < around; k++) {
      const [a, b] = [ring * columns + k, ring * columns + k + 1];
      if (upper.radius > 1e-9) triangles.push(a, a + columns, b);
      if (lower.radius > 1e-9) triangles.push(b, a + columns, b + columns);
    }
  }
  const radius = Math.max(...profile.map((point) => Math.hypot(point.radius, point.z)));
  return { positions, normals, uvs, units, triangles: Uint32Array.from(triangles), radius };
}
