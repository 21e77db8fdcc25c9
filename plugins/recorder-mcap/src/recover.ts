import { FarsimError } from '@farsim/core';
import { constants, copyFile, link, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { copyRound } from './file/copy-round.ts';
import { recordingError } from './disk-errors.ts';
import { openRecording, type McapRecording } from './mcap-recording.ts';
import { RoundFile, type RowGap } from './file/round-file.ts';
import type { RoundFacts } from './file/round-records.ts';
import { writeIndex } from './run/run-index.ts';
import { lockRun, type LockOptions } from './run/run-lock.ts';

/** What {@link recover} did. */
export interface Recovery {
  /** Files that were sealed, and the rows that each holds. */
  readonly sealed: readonly SealedFile[];
  /** Files without a whole header, most often because they died before; they are left as they are. */
  readonly headless: readonly string[];
}

export interface RecoverOptions extends LockOptions {
  /** Looks into sealed rounds, too. */
  readonly damaged?: boolean;
}

export interface SealedFile {
  readonly file: string;
  readonly rows: number;
  /** Bytes that were no whole record, or in none that could be read. */
  readonly lostBytes: number;
  /** Rows that are lost between those that are there; the others keep their numbers. */
  readonly missing: readonly RowGap[];
  /** The file as it was, kept because more than its unfinished end was lost. */
  readonly original?: string;
}

/**
 * Seals the unsealed rounds of a run's folder, or one file: every whole row is copied into a new file with a summary of
 * reason `interrupted`, which then takes the old one's place; where more is lost than an unfinished end, the old one is kept
 * as `<file>.damaged`. A sealed round is not touched, unless `damaged` says so: then each is read whole, and one that is damaged is
 * sealed anew with what can be read, under its own reason and ledger. Throws BUSY while a
 * recorder writes there, FILE_NOT_FOUND, RECORDING_INVALID, DISK_FULL.
 */
export async function recover(
  target: string,
  { damaged = false, ...options }: RecoverOptions = {},
): Promise<Recovery> {
  const folder = await runFolder(target);
  using _held = folder === undefined ? undefined : lockRun(folder, options);
  const recording = await openRecording(target, { distrust: damaged });
  const sealed: SealedFile[] = [];
  for (const facts of recording.files) {
    if (!facts.summary) sealed.push(await sealRound(recording, facts));
  }
  if (target === folder) await rewriteIndex(target);
  return { sealed, headless: recording.headless };
}

/** The folder of the run that `target` is or belongs to; undefined for a file that lies elsewhere. */
async function runFolder(target: string): Promise<string | undefined> {
  const found = await stat(target).catch(() => undefined);
  if (!found) throw new FarsimError('FILE_NOT_FOUND', `${target} is not there`);
  if (found.isDirectory()) return target;
  const folder = path.dirname(path.resolve(target));
  return path.basename(folder) === 'rounds' ? path.dirname(folder) : undefined;
}

async function sealRound(recording: McapRecording, facts: RoundFacts): Promise<SealedFile> {
  const { file, header } = facts;
  const fresh = `${file}.recovering`;
  await rm(fresh, { force: true });
  try {
    const target = new RoundFile(fresh);
    const { loss, missing, summary } = await copyRound(file, target);
    const { rows } = target;
    const intact = summary?.rows === rows && !loss.damaged;
    const episodes = intact ? summary.episodes : recording.episodesOf(header.round);
    const gaps = missing.length > 0 ? { missing } : {};
    target.addSummary({ reason: 'interrupted', ...summary, episodes, rows, ...gaps });
    target.seal();
    const original = loss.damaged ? await keepOriginal(file) : undefined;
    await rename(fresh, file);
    return { file, rows, lostBytes: loss.bytes, missing, ...(original && { original }) };
  } catch (error) {
    await rm(fresh, { force: true });
    throw recordingError(error, fresh);
  }
}

/** Gives the file a second name that is still free. */
async function keepOriginal(file: string): Promise<string> {
  for (let nth = 1; ; nth++) {
    const name = nth === 1 ? `${file}.damaged` : `${file}.damaged-${nth}`;
    try {
      await link(file, name);
      return name;
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === 'EEXIST') continue;
      // a file system without links
      await copyFile(file, name, constants.COPYFILE_EXCL);
      return name;
    }
  }
}

async function rewriteIndex(folder: string): Promise<void> {
  const recording = await openRecording(folder);
  if (recording.files.some(({ summary }) => !summary))
    throw new FarsimError('INTERNAL', `${folder} has unsealed rounds after recovery`);
  await writeIndex(folder, {
    farsim: 1,
    closed: true,
    rounds: recording.files.map(({ header, summary, bytes, file }) => ({
      round: header.round,
      file: path.posix.join('rounds', path.basename(file)),
      rows: summary!.rows,
      bytes,
      reason: summary!.reason,
    })),
    episodes: recording.episodes,
  });
}
