import { FarsimError, type EpisodeSummary, type RoundSummary } from '@farsim/core';
import { readFile, rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { recordingError } from '../disk-errors.ts';

/** `index.json`: what a run holds, for whoever lists runs without opening their rounds. The rounds' own summaries are the truth. */
export interface RunIndex {
  readonly farsim: 1;
  /** False while the recorder is open, and for ever when it died. */
  readonly closed: boolean;
  readonly rounds: readonly IndexedRound[];
  readonly episodes: readonly EpisodeSummary[];
}

export interface IndexedRound {
  readonly round: number;
  /** Relative to the run's folder, with `/`. */
  readonly file: string;
  readonly rows: number;
  readonly bytes: number;
  readonly reason: RoundSummary['reason'];
}

export const emptyIndex: RunIndex = { farsim: 1, closed: false, rounds: [], episodes: [] };

/** Where a round of a run is kept, relative to its folder. */
export function roundFile(round: number): string {
  return `rounds/${String(round).padStart(6, '0')}.mcap`;
}

/** Reads a run's index; undefined when there is none. Throws RECORDING_INVALID. */
export async function readIndex(folder: string): Promise<RunIndex | undefined> {
  const file = path.join(folder, 'index.json');
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch {
    return undefined;
  }
  try {
    return JSON.parse(text) as RunIndex;
  } catch (error) {
    throw new FarsimError('RECORDING_INVALID', `${file} is not JSON`, {
      suggestions: ['`farsim data recover` writes it anew from the rounds'],
      cause: error,
    });
  }
}

/** Writes a run's index, whole or not at all. Throws DISK_FULL or RECORDING_FAILED. */
export async function writeIndex(folder: string, index: RunIndex): Promise<void> {
  const file = path.join(folder, 'index.json');
  const rounds = index.rounds.toSorted((a, b) => a.round - b.round);
  try {
    await writeFile(`${file}.new`, `${JSON.stringify({ ...index, rounds })}\n`);
    await rename(`${file}.new`, file);
  } catch (error) {
    throw recordingError(error, file);
  }
}
