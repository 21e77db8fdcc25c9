import type { ReplayReport } from '../../rollout/replay.ts';
import type { CallTimesSummary } from '../../rollout/call-times.ts';
import type { EpisodeSummary } from '../../ports/recorder.ts';

/** What a run is at: opening its parts, driving the simulator, replaying and drawing what was recorded. */
export type RunPhase = 'starting' | 'stepping' | 'replaying';

/** What a run did and measured, as `metrics.json` and `farsim run --json` give it. Seconds and metres. */
export interface RunSummary {
  readonly id: string;
  readonly folder: string;
  readonly reason: 'finished' | 'interrupted' | 'failed';
  /** What an interruption ended; after `replaying` the recording is whole. */
  readonly interrupted?: Exclude<RunPhase, 'starting'>;
  /** What the folder held when this part of the run began; the rest of the summary is of this part. */
  readonly resumed?: { readonly rounds: number; readonly episodes: number };
  readonly rounds: number;
  readonly episodes: readonly EpisodeSummary[];
  readonly frames: number;
  readonly steps: number;
  readonly simulatedSeconds: number;
  /** From the first reset to the last step. */
  readonly wallSeconds: number;
  /** Steps of all envs together over the time spent in steps. */
  readonly stepsPerSecond: number;
  readonly times: RunTimes;
  /** Part of the steps' time in which the far engine worked. */
  readonly farShare?: number;
  /** Bytes that came over the link for each step call, its share of the resets included. */
  readonly bytesPerStep?: number;
  /** What the controller found out. */
  readonly controller?: Readonly<Record<string, unknown>>;
  /** How the recording looked in the simulator here. */
  readonly replay?: ReplayReport;
  /** Files in the folder. */
  readonly files: readonly string[];
}

/** Each as the caller sees it; `link` is a bare ping over the same connection's control channel. */
export interface RunTimes {
  readonly reset?: CallTimesSummary;
  readonly step?: CallTimesSummary;
  readonly state?: CallTimesSummary;
  readonly link?: CallTimesSummary;
}
