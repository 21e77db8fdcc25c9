import type { Action, Frame } from '../model/frame.ts';
import type { Want } from '../model/want.ts';
import type { ProbeReport } from '../model/probe-report.ts';
import type { WorldSpec } from '../model/world-spec.ts';

/** Keeps rounds of N envs; episodes are an index into them. */
export interface Recorder extends AsyncDisposable {
  readonly needs?: Want;
  begin(round: RoundHeader): Promise<void>;
  /** Accepts a frame and the action that led to it (none after a reset). Resolving is backpressure, not durability. */
  write(frame: Frame, action: Action | undefined): Promise<void>;
  /** Everything up to the mark survives a crash of this process. */
  durable(): Promise<Mark>;
  end(summary: RoundSummary): Promise<void>;
}

export interface RoundHeader {
  readonly round: number;
  readonly spec: WorldSpec;
  /** SHA-256 of the spec as it was sent, hex. */
  readonly specHash: string;
  readonly seed?: number;
  readonly controller?: string;
  /** What the simulator's probes found out, where it was probed before (docs/doctor.md). */
  readonly probes?: ProbeReport;
  /** Ledger before this round's first row. */
  readonly ledger?: { readonly index: number; readonly head: string };
}

export interface Mark {
  readonly round: number;
  /** Rows of the round that are durable; a row is one frame. */
  readonly row: number;
}

export interface RoundSummary {
  readonly episodes: readonly EpisodeSummary[];
  /** Why the round ended. */
  readonly reason: 'finished' | 'interrupted' | 'failed';
  readonly error?: string;
  readonly ledger?: { readonly index: number; readonly head: string };
}

/** One env from its reset to its end. Rows count the round's frames, the reset's frame is row 0. */
export interface EpisodeSummary {
  readonly env: number;
  /** Counts all episodes of a run. */
  readonly episode: number;
  readonly round: number;
  readonly firstRow: number;
  readonly lastRow: number;
  readonly outcome: 'terminated' | 'truncated' | 'round_end' | 'interrupted' | 'failed';
  readonly steps: number;
  readonly simulatedSeconds: number;
  readonly return: number;
}

/** A run on disk, sealed or not, opened for reading. */
export interface Recording extends AsyncDisposable {
  readonly rounds: readonly RoundHeader[];
  readonly episodes: readonly EpisodeSummary[];
  /** Of the rounds that were ended, by their number. */
  readonly summaries: ReadonlyMap<number, RoundSummary>;
  /** False when the run was never closed properly; what is readable is complete up to its end. */
  readonly sealed: boolean;
  /** The rows of one round in order. */
  rows(round: number): AsyncIterable<RecordedRow>;
}

export interface RecordedRow {
  readonly row: number;
  readonly frame: Frame;
  readonly action: Action | undefined;
}
