import type { EntitySpec } from '@farsim/core';

/** One entity of the schema and where its numbers are in mjModel and mjData. The spec's order of joints and bodies is the order here. */
export interface BoundEntity {
  readonly name: string;
  readonly spec: EntitySpec;
  /** Body whose frame the root pose is. */
  readonly root: number;
  /** `free`: address of the free joint; `mocap`: index of the mocap body; `fixed`: fixed in the world. */
  readonly base:
    | { readonly kind: 'fixed' }
    | { readonly kind: 'free'; readonly qpos: number; readonly dof: number }
    | { readonly kind: 'mocap'; readonly mocap: number };
  readonly joints: readonly BoundJoint[];
  readonly bodies: Int32Array;
}

export interface BoundJoint {
  readonly id: number;
  readonly qpos: number;
  readonly dof: number;
}
