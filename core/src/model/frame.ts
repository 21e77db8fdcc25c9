import type { Tensor } from './tensor.ts';
import type { Tree } from './tree.ts';
import type { Want } from './want.ts';
import type { WorldState } from './world-state.ts';

/**
 * One reset's or step's outcome for the rows in `envs`. Immutable: its arrays are never reused. `state` and `images`
 * hold the subset of rows that the wish asked for.
 */
export interface Frame {
  /** Rows that the call reset or stepped, `[n]`. */
  readonly envs: Int32Array;
  /** Control steps since the env's episode began, `[n]`. */
  readonly tick: Uint32Array;
  /** Seconds since the env's episode began, always tick × step_dt, `[n]`. */
  readonly time: Float64Array;
  /** Episode counter of each env, from 0, `[n]`. */
  readonly episode: Uint32Array;
  readonly observations: Tree<Tensor>;
  /** `[n]`; zero after a reset. */
  readonly reward: Tensor;
  /** `[n]`, 0 or 1. */
  readonly terminated: Uint8Array;
  readonly truncated: Uint8Array;
  readonly info: Info;
  readonly state?: WorldState;
  readonly images?: readonly Image[];
  readonly final?: FinalRows;
  readonly timing?: StepTiming;
  /** This frame's entry in the step ledger, when it came over a session or from a recording of one. */
  readonly ledger?: LedgerRow;
  /**
   * Absent: this frame is the truth. Present: it is a prediction, and this settles, in step order, to the truth of the
   * same action. Its maker handles the rejection. Never on the wire.
   */
  readonly confirmed?: Promise<Frame>;
}

/** What a simulator says beside the numbers: arrays by path, and scalars or strings as plain JSON. */
export interface Info {
  readonly arrays?: Tree<Tensor>;
  readonly values?: Readonly<Record<string, unknown>>;
}

/** Rows that an autoreset ended, as they were at their end. Which parts exist is a capability in the spec. */
export interface FinalRows {
  readonly envs: Int32Array;
  readonly tick: Uint32Array;
  readonly episode: Uint32Array;
  readonly observations?: Tree<Tensor>;
  readonly state?: WorldState;
  readonly info?: Info;
}

/** One picture of one env. `raw` is `[height, width, 3]` u8, sRGB, top row first; `jpeg` and `png` are a file's bytes. */
export interface Image {
  readonly camera: string;
  readonly env: number;
  readonly encoding: 'raw' | 'jpeg' | 'png';
  readonly width: number;
  readonly height: number;
  readonly data: Uint8Array;
}

/** One entry of the step ledger (docs/protocol.md). The digests may be computed when first read; each is 32 bytes. */
export interface LedgerRow {
  /** Counts the session's entries from 1. */
  readonly index: number;
  readonly op: number;
  readonly request: Uint8Array;
  readonly reply: Uint8Array;
}

/** The far side's own clock around one request, seconds on its monotonic clock. */
export interface StepTiming {
  readonly received: number;
  readonly started: number;
  readonly finished: number;
  readonly encoded: number;
}

export interface EnvSelection {
  /** Rows meant; absent is all. */
  readonly envs?: Int32Array;
}

export interface ResetOptions extends EnvSelection {
  /** One for all (env i gets seed + i), or one per row. */
  readonly seed?: number | readonly number[];
  readonly state?: WorldState;
  /** Passed to the simulator as it is. */
  readonly options?: Readonly<Record<string, unknown>>;
  /** What frames shall hold from now on, until the next reset says otherwise. */
  readonly want?: Want;
}

export interface StepOptions extends EnvSelection {
  /** Apply the action this many control steps; rewards are summed and an end stops it. */
  readonly repeat?: number;
  /** Overrides the standing wish for this call. */
  readonly want?: Want;
  /** `break`: a frame that ended an env ends the chain of calls in flight. */
  readonly onEnd?: 'continue' | 'break';
  readonly signal?: AbortSignal;
  /** Milliseconds from arrival; absent is never, 0 is at once. */
  readonly deadlineMs?: number;
}

/** Actions for all rows of a call: every leaf `[n, …]`. */
export type Action = Tree<Tensor>;
