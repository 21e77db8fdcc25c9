import type { Dtype } from './tensor.ts';

/**
 * What a simulator is, fixed from open to close. Field names are those of the schema `simstate/1`: one spelling on the
 * wire, in files and in both languages. SI units, right-handed, Z up, quaternions wxyz.
 */
export interface WorldSpec {
  /** `mujoco`, `isaac-lab`, `gymnasium`, … */
  readonly sim: string;
  /** Versions of what computes: `{ mujoco: '3.14.0', python: '3.11.7' }`. */
  readonly versions: Readonly<Record<string, string>>;
  readonly task: string;
  readonly num_envs: number;
  /** `[N][3]` metres: world position = origin + env-local position. */
  readonly env_origins: readonly (readonly [number, number, number])[];
  /** Seconds of one control step. */
  readonly step_dt: number;
  /** Seconds of one physics step. */
  readonly physics_dt: number;
  readonly autoreset: 'next_step' | 'same_step' | 'disabled';
  /** Named by path; a plain Box has the one path `''`. */
  readonly actions: Readonly<Record<string, Space>>;
  readonly observations: Readonly<Record<string, Space>>;
  readonly entities: Readonly<Record<string, EntitySpec>>;
  readonly cameras: Readonly<Record<string, CameraSpec>>;
  readonly capabilities: readonly Capability[];
  /** The engine's own conventions, before the adapter turned them into the schema's, and how each was known. */
  readonly native: Readonly<Record<string, NativeConvention>>;
}

/** Options of the contract that a simulator may have; methods that are left out need no entry. */
export const capabilities = [
  'partialReset',
  'perEnvSeed',
  'resetState',
  'getState',
  'setState',
  'snapshot',
  'render',
  'model',
  'visuals',
  'sendRecv',
  'bodies',
  'finalState',
  'finalObservations',
  'finalInfo',
  'deterministic',
] as const;
export type Capability = (typeof capabilities)[number];

/** One leaf of an action or observation space; `shape` is one env's, without the leading N. */
export interface Space {
  readonly dtype: Dtype;
  readonly shape: readonly number[];
  /** Bounds per element, or one for all; absent is unbounded. */
  readonly low?: number | readonly number[];
  readonly high?: number | readonly number[];
  /** Number of choices when the element is discrete, counted from `start`. */
  readonly n?: number;
  readonly start?: number;
  /** What each element means (joint target, tendon, gripper), where the adapter knows. */
  readonly terms?: readonly ActionTerm[];
}

/** A slice `[from, to)` of an action vector and what its numbers are. */
export interface ActionTerm {
  readonly name: string;
  readonly from: number;
  readonly to: number;
  readonly kind: 'joint_position' | 'joint_velocity' | 'joint_effort' | 'binary' | 'tendon' | 'other';
  readonly entity?: string;
  readonly joints?: readonly string[];
  /** What is commanded = scale × number + offset, one for all or one a joint; absent is 1 and 0. */
  readonly scale?: number | readonly number[];
  readonly offset?: number | readonly number[];
  /** What is commanded stays between, one pair a number; null where nothing is held back. */
  readonly clip?: readonly (readonly [number, number] | null)[];
  /** Tendons: the commanded length = Σ weight × joint. */
  readonly weights?: readonly number[];
  /** Binary: positions of the joints for numbers ≥ 0 and for those below. */
  readonly open?: readonly number[];
  readonly close?: readonly number[];
  /** What it is, where it is no plain command of that kind, such as one relative to the present position. */
  readonly class?: string;
}

export interface EntitySpec {
  readonly kind: 'articulation' | 'rigid_object' | 'camera' | 'deformable';
  readonly fixed_base: boolean;
  readonly root_body: string;
  readonly joint_names: readonly string[];
  /** `hinge` (rad) or `slide` (m), one a joint. */
  readonly joint_types: readonly ('hinge' | 'slide' | 'ball')[];
  /** `[J][2]`; null where unlimited. */
  readonly joint_limits: readonly (readonly [number, number] | null)[];
  /** `[J]`: where a joint is that nothing has moved; absent is unknown. */
  readonly joint_rest?: readonly number[];
  /** Joints that go with another one of this entity. */
  readonly joint_mimics?: readonly JointMimic[];
  readonly body_names: readonly string[];
  /** Centre of mass of the root body in its own frame, metres. */
  readonly root_com_offset: readonly [number, number, number];
}

/** q − rest = c₀ + c₁x + c₂x² + c₃x³ + c₄x⁴ with x = the leader's q − its rest, as in MuJoCo's `equality/joint`. */
export interface JointMimic {
  readonly joint: string;
  readonly leader: string;
  readonly coefficients: readonly [number, number, number, number, number];
}

export interface CameraSpec {
  readonly width: number;
  readonly height: number;
  /** Vertical field of view, radians. */
  readonly fovy?: number;
}

export interface NativeConvention {
  readonly value: string;
  readonly known: 'probed' | 'declared' | 'assumed';
}
