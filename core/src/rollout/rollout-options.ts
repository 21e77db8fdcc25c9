import type { ProbeReport } from '../model/probe-report.ts';
import type { Want } from '../model/want.ts';
import type { Controller } from '../ports/controller.ts';
import type { Recorder } from '../ports/recorder.ts';
import type { Simulator } from '../ports/simulator.ts';

export interface RolloutOptions {
  readonly simulator: Simulator;
  readonly controller: Controller;
  readonly recorders?: readonly Recorder[];
  /** Episodes of single envs in all; 100 with 4 envs that never end early are 25 rounds. */
  readonly episodes: number;
  /** Numbers of the first round and the first episode, where a recording is gone on with; 0 when left out. */
  readonly first?: { readonly round: number; readonly episode: number };
  /** Steps of a round at most. */
  readonly steps: number;
  /** Env i of round r is reset with seed + r·N + i. */
  readonly seed?: number;
  /** Given to the simulator with each reset. */
  readonly resetOptions?: Readonly<Record<string, unknown>>;
  /** What the caller needs from frames, beside what the controller and the recorders need. */
  readonly want?: Want;
  /** For the recording. */
  readonly controllerName?: string;
  /** What is known of the simulator's conventions, for the recording. */
  readonly probes?: ProbeReport;
  /** Stops at the next step's end; the recording is sealed as interrupted. */
  readonly signal?: AbortSignal;
  /** Called after each reset and step, on the loop's own time. */
  readonly onProgress?: (progress: RolloutProgress) => void;
}

export interface RolloutProgress {
  readonly round: number;
  /** Steps of this round so far. */
  readonly step: number;
  readonly episodesDone: number;
}
