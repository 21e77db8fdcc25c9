import { angleBetween, type Quaternion, type Vector3 } from '../model/rotation.ts';
import type { EntityState } from '../model/world-state.ts';
import { quaternionOf, vectorOf } from './edit-state.ts';

export interface Pose {
  readonly position: Vector3;
  readonly rotation: Quaternion;
}

/** The worst of many distances, metres or radians whichever is the larger number, and where it is. */
export class WorstDistance {
  figure = 0;
  where = '';

  take(figure: number, where: string): void {
    const found = Number.isNaN(figure) ? Infinity : figure;
    if (found > this.figure) [this.figure, this.where] = [found, where];
  }
}

export function distanceOfPoses(a: Pose, b: Pose): number {
  return Math.max(distance(a.position, b.position), angleBetween(a.rotation, b.rotation));
}

export function distance(a: Vector3, b: Vector3): number {
  return Math.hypot(a[0] - b[0], a[1] - b[1], a[2] - b[2]);
}

export function rootPose(
  { root_pos: positions, root_quat: rotations }: EntityState,
  row: number,
): Pose | undefined {
  if (!positions || !rotations) return undefined;
  return {
    position: vectorOf(positions, row) as unknown as Vector3,
    rotation: quaternionOf(rotations, row),
  };
}

/** Poses of the entity's bodies in the order of their names; undefined where the state does not hold them. */
export function bodyPoses(
  { body_pos: positions, body_quat: rotations }: EntityState,
  row: number,
): readonly Pose[] | undefined {
  if (!positions || !rotations) return undefined;
  return Array.from({ length: positions.shape[1]! }, (_, body) => ({
    position: vectorOf(positions, row, body) as unknown as Vector3,
    rotation: quaternionOf(rotations, row, body),
  }));
}
