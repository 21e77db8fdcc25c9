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
  /** Joints of the model that the spec has not, and what they follow. */
  readonly followers: readonly FollowingJoint[];
}

export interface BoundJoint {
  readonly id: number;
  readonly qpos: number;
  readonly dof: number;
}

/** q = rest + polynomial(leader − leader's rest), as in the model's `equality/joint`. */
export interface FollowingJoint extends BoundJoint {
  readonly rest: number;
  readonly leader: BoundJoint & { readonly rest: number };
  /** From the constant to the quartic. */
  readonly coefficients: readonly [number, number, number, number, number];
}
