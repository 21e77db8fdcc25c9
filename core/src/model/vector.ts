import type { Vector3 } from './rotation.ts';

export function subtractVectors([ax, ay, az]: Vector3, [bx, by, bz]: Vector3): Vector3 {
  return [ax - bx, ay - by, az - bz];
}

export function scaleVector([x, y, z]: Vector3, by: number): Vector3 {
  return [x * by, y * by, z * by];
}

export function crossVectors([ax, ay, az]: Vector3, [bx, by, bz]: Vector3): Vector3 {
  return [ay * bz - az * by, az * bx - ax * bz, ax * by - ay * bx];
}

export function dotVectors([ax, ay, az]: Vector3, [bx, by, bz]: Vector3): number {
  return ax * bx + ay * by + az * bz;
}

export function lengthOf([x, y, z]: Vector3): number {
  return Math.hypot(x, y, z);
}
