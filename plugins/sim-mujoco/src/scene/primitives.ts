import type { SceneMesh, SceneTexture } from './scene.ts';

const around = 48;
const ringsOfHalf = 12;

/** One closed profile turned about Z: points from the top down, each with the normal's parts away from and along the axis. */
interface ProfilePoint {
  readonly radius: number;
  readonly z: number;
  readonly outward: number;
  readonly upward: number;
}

/** Half axes, metres. */
export function ellipsoidMesh(x: number, y: number, z: number): SceneMesh {
  const unit = turn(arc(0, 2 * ringsOfHalf, 1, 0));
  const positions = unit.positions.map((value, i) => value * [x, y, z][i % 3]!);
  const normals = unit.normals.map((value, i) => value / [x, y, z][i % 3]!);
  for (let i = 0; i < normals.length; i += 3) {
    const length = Math.hypot(normals[i]!, normals[i + 1]!, normals[i + 2]!);
    for (let k = i; k < i + 3; k++) normals[k]! /= length;
  }
  return { ...unit, positions, normals, radius: Math.max(x, y, z) };
}

/** A cylinder along Z of the given half length between two half spheres. */
export function capsuleMesh(radius: number, half: number): SceneMesh {
  return turn([...arc(0, ringsOfHalf, radius, half), ...arc(ringsOfHalf, 2 * ringsOfHalf, radius, -half)]);
}

/** Along Z, with flat ends. */
export function cylinderMesh(radius: number, half: number): SceneMesh {
  return turn([
    { radius: 0, z: half, outward: 0, upward: 1 },
    { radius, z: half, outward: 0, upward: 1 },
    { radius, z: half, outward: 1, upward: 0 },
    { radius, z: -half, outward: 1, upward: 0 },
    { radius, z: -half, outward: 0, upward: -1 },
    { radius: 0, z: -half, outward: 0, upward: -1 },
  ]);
}

/** Half lengths. A flat texture is laid on each face whole; of a cube map each face has its own part. */
export function boxMesh(x: number, y: number, z: number, texture?: SceneTexture['kind']): SceneMesh {
  const half = [x, y, z];
  const positions: number[] = [];
  const normals: number[] = [];
  const uvs: number[] = [];
  const triangles: number[] = [];
  for (let face = 0; face < 6; face++) {
    const axis = face >> 1;
    const side = face & 1 ? -1 : 1;
    const [u, v] = [(axis + 1) % 3, (axis + 2) % 3];
    for (const [a, b] of [
      [-1, -1],
      [1, -1],
      [1, 1],
      [-1, 1],
    ] as const) {
      const point = [0, 0, 0];
      point[axis] = side * half[axis]!;
      point[u] = a * side * half[u]!;
      point[v] = b * half[v]!;
      positions.push(...point);
      normals.push(...[0, 1, 2].map((k) => (k === axis ? side : 0)));
      const down = (1 - b) / 2;
      uvs.push((1 + a) / 2, texture === 'cube' ? (face + 0.002 + 0.996 * down) / 6 : down);
    }
    triangles.push(...[0, 1, 2, 0, 2, 3].map((k) => face * 4 + k));
  }
  return {
    positions: Float32Array.from(positions),
    normals: Float32Array.from(normals),
    ...(texture && { uvs: Float32Array.from(uvs) }),
    triangles: Uint32Array.from(triangles),
    radius: Math.hypot(x, y, z),
  };
}

/** Part of a half circle from the top pole, in steps of half rings, its centre lifted by `lift`. */
function arc(from: number, to: number, radius: number, lift: number): ProfilePoint[] {
  return Array.from({ length: to - from + 1 }, (_, i) => {
    const angle = ((from + i) / (2 * ringsOfHalf)) * Math.PI;
    const [outward, upward] = [Math.sin(angle), Math.cos(angle)];
    return { radius: radius * outward, z: lift + radius * upward, outward, upward };
  });
}

function turn(profile: readonly ProfilePoint[]): SceneMesh {
  const positions = new Float32Array(profile.length * around * 3);
  const normals = new Float32Array(positions.length);
  profile.forEach(({ radius, z, outward, upward }, ring) => {
    for (let k = 0; k < around; k++) {
      const [c, s] = [Math.cos((2 * Math.PI * k) / around), Math.sin((2 * Math.PI * k) / around)];
      positions.set([radius * c, radius * s, z], (ring * around + k) * 3);
      normals.set([outward * c, outward * s, upward], (ring * around + k) * 3);
    }
  });
  const triangles: number[] = [];
  for (let ring = 0; ring + 1 < profile.length; ring++) {
    const [upper, lower] = [profile[ring]!, profile[ring + 1]!];
    if (upper.radius === lower.radius && upper.z === lower.z) continue;
    for (let k = 0; k < around; k++) {
      const [a, b] = [ring * around + k, ring * around + ((k + 1) % around)];
      if (upper.radius > 1e-9) triangles.push(a, a + around, b);
      if (lower.radius > 1e-9) triangles.push(b, a + around, b + around);
    }
  }
  const radius = Math.max(...profile.map((point) => Math.hypot(point.radius, point.z)));
  return { positions, normals, triangles: Uint32Array.from(triangles), radius };
}
