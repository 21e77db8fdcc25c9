import type { ProbedSimulator } from '../model/probe-report.ts';
import type { ImageWant } from '../model/want.ts';
import type { FileTree } from './simulator.ts';

/** A run whose loop is beside the simulator, for its far side: plain JSON but for the files. */
export interface FarRun {
  /** One of those that the far side has (docs/guide-detached-runs.md). */
  readonly controller: { readonly use: string; readonly config: Readonly<Record<string, unknown>> };
  /** What the controller reads there: uploaded before the start, their folder becomes `folder` of its config. */
  readonly files?: FileTree;
  readonly episodes: number;
  /** Of a round at most. */
  readonly steps: number;
  /** Env i of round r is reset with seed + r·N + i. */
  readonly seed: number | null;
  /** JSON that is given with each reset, '' for none. */
  readonly options: string;
  /** What each frame must hold, and what it shall hold where the simulator has it. */
  readonly want: FarWant;
  readonly wantIfThere: FarWant;
  /** Which of them the simulator is, its recording holds; the newest first. */
  readonly probed: readonly ProbedSimulator[];
}

export interface FarWant {
  readonly state: boolean;
  readonly bodies: 'never' | 'episodeStart' | 'always';
  readonly images?: ImageWant;
}

/** How far such a run is; `rounds` is about how many there will be, `step` counts in the round. */
export interface FarRunProgress {
  readonly round: number;
  readonly rounds: number;
  /** That came to their end, and that are wanted. */
  readonly episodes: number;
  readonly wanted: number;
  readonly step: number;
}

/** A simulator that drives a run by itself, and how its machine is asked about it later. Closing it ends it, unless it was left. */
export interface DetachedSession extends AsyncDisposable {
  readonly session: string;
  readonly task: string;
  /** Where it records there. */
  readonly folder: string;
  /** Words that run programs where it runs, and those that run its bridge's verbs there. */
  readonly enter: readonly string[];
  readonly command: readonly string[];
  /** What the far side says of the recording: facts of the spec, the model's path. */
  readonly description: FarDescription;
  /** Keeps a few small files beside its recording, for a sync from elsewhere. */
  keep(files: FileTree): Promise<void>;
  /** Leaves it to its run: from then on it lives by `lease.total` alone. */
  leave(): Promise<void>;
}

export interface FarDescription {
  /** What a user should know of the simulator, a sentence each. */
  readonly remarks?: readonly string[];
  readonly spec?: Readonly<Record<string, unknown>>;
  /** Path of the kept model's entry in the recording. */
  readonly model?: string;
}
