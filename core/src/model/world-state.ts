import type { Tensor } from './tensor.ts';

/**
 * One entity's state, schema `simstate/1`; every array `[K, …]` for the K rows of the state. Positions are env-local,
 * quaternions wxyz and unit, both root velocities of the root link's origin in world axes, joints in the order of
 * the spec's `joint_names`. An absent array is unknown, never zero. Unknown keys are kept.
 */
export interface EntityState {
  readonly root_pos?: Tensor;
  readonly root_quat?: Tensor;
  readonly root_lin_vel?: Tensor;
  readonly root_ang_vel?: Tensor;
  readonly joint_pos?: Tensor;
  readonly joint_vel?: Tensor;
  readonly joint_pos_target?: Tensor;
  /** `[K, B, 3]` */
  readonly body_pos?: Tensor;
  /** `[K, B, 4]` wxyz */
  readonly body_quat?: Tensor;
  readonly [unknownKey: string]: Tensor | undefined;
}

/** The state of K envs at one tick. */
export interface WorldState {
  /** Which envs the rows are; absent means all N in order. */
  readonly envs?: Int32Array;
  readonly entities: Readonly<Record<string, EntityState>>;
  /** `[K, 3]` metres, when origins moved since the spec (terrain curricula). */
  readonly env_origin?: Tensor;
  /** `[K]` bool: the row is the end of an episode; it was read after an autoreset; all its numbers are finite. */
  readonly terminal?: Tensor;
  readonly after_autoreset?: Tensor;
  readonly finite?: Tensor;
}
