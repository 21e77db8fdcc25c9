import type { Action, EnvSelection, Frame, Image, ResetOptions, StepOptions } from '../model/frame.ts';
import type { MapSummary } from '../model/map-summary.ts';
import type { Visuals } from '../model/visuals.ts';
import type { WorldSpec } from '../model/world-spec.ts';
import type { WorldState } from '../model/world-state.ts';

/**
 * N worlds that are reset and stepped together. Calls take effect in the order made; the next may be made before the last
 * resolves. Open when you get it, closed by `Symbol.asyncDispose`; closing twice is fine. A missing optional method
 * means that the capability is missing.
 */
export interface Simulator extends AsyncDisposable {
  /** Fixed from open to close. */
  readonly spec: WorldSpec;
  /** Begins new episodes in all envs, or in `options.envs` where the spec lists `partialReset`. */
  reset(options?: ResetOptions): Promise<Frame>;
  /** Applies `action` for one control step of `spec.step_dt` seconds. Throws BAD_ACTION before the simulator sees a wrong shape or a non-finite number. */
  step(action: Action, options?: StepOptions): Promise<Frame>;
  /** Several steps in one round trip. Stops at the first failure, which is thrown with the frames so far in `details.frames`. */
  stepMany?(actions: readonly Action[], options?: StepOptions): Promise<readonly Frame[]>;
  /** First-ready stepping: gives work to some envs … */
  send?(action: Action, envs: Int32Array): Promise<void>;
  /** … and takes at least `min` that have finished. */
  recv?(min: number): Promise<Frame>;
  getState?(options?: EnvSelection): Promise<WorldState>;
  /** Puts the rows of `state` into the simulator; what it leaves out stays. The frame has reward 0 and ticks unchanged. */
  setState?(state: WorldState, options?: EnvSelection): Promise<Frame>;
  /** One image for each selected env. */
  render?(view: View, options?: EnvSelection): Promise<readonly Image[]>;
  /** Opaque and exact: rollback in the same engine and version. */
  snapshot?(): Promise<Snapshot>;
  restore?(snapshot: Snapshot): Promise<void>;
  /** The MJCF with its assets, where the engine has one. */
  model?(): Promise<ModelFiles>;
  /** The scene's shapes, so that nothing is missing in another simulator's picture. */
  visuals?(): Promise<Visuals>;
  /** How another simulator's states become this one's, when it goes by the other's names. */
  readonly mapping?: MapSummary;
}

/** A view to draw: a camera of the model by name, or a free camera. Sizes in pixels, angles in radians. */
export interface View {
  /** Left out: the model's first camera, or a free one around its centre. */
  readonly camera?: string | FreeCamera;
  readonly width: number;
  readonly height: number;
  readonly encoding?: 'raw' | 'jpeg' | 'png';
  /** Lines of text drawn at the top left. */
  readonly overlay?: readonly string[];
}

/** Looks at `lookAt` (metres) from `distance`, turned by `azimuth` about Z and lifted by `elevation`, as in MuJoCo's free camera; what is left out is the model's own. */
export interface FreeCamera {
  readonly lookAt?: readonly [number, number, number];
  readonly distance?: number;
  readonly azimuth?: number;
  readonly elevation?: number;
  readonly fovy?: number;
}

export type Snapshot = Uint8Array;

/** Files by relative path with `/`, and the one to open. */
export interface ModelFiles {
  readonly entry: string;
  readonly files: FileTree;
}
export type FileTree = ReadonlyMap<string, Uint8Array>;
