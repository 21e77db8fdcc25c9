import type { McapTypes } from '@mcap/core';
import { FarsimError } from '@farsim/core';
import { rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { recordingError } from './disk-errors.ts';
import { openRecording, type McapRecording } from './mcap-recording.ts';
import { RoundFile, summaryName } from './round-file.ts';
import { roundRecords, type RoundFacts } from './round-records.ts';
import { writeIndex } from './run-index.ts';
import { lockRun, type LockOptions } from './run-lock.ts';

/** What {@link recover} did. */
export interface Recovery {
  /** Files that were sealed, and the rows that each holds. */
  readonly sealed: readonly SealedFile[];
  /** Files that died before their header was whole; they are left as they are. */
  readonly headless: readonly string[];
}

export interface SealedFile {
  readonly file: string;
  readonly rows: number;
  /** Bytes at the file's end that were no whole record. */
  readonly lostBytes: number;
}

/**
 * Seals the unsealed rounds of a run's folder, or one file: every whole row is copied into a new file with a summary of
 * reason `interrupted`, which then takes the old one's place. A sealed recording is not touched. Throws BUSY while a
 * recorder writes there, FILE_NOT_FOUND, RECORDING_INVALID, DISK_FULL.
 */
export async function recover(target: string, options?: LockOptions): Promise<Recovery> {
  const folder = await runFolder(target);
  using _held = folder === undefined ? undefined : lockRun(folder, options);
  const recording = await openRecording(target);
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
    const { wholeBytes, endsWithSummary } = await copyRound(file, target);
    const { rows } = target;
    if (!endsWithSummary) {
      const episodes = recording.episodes.filter(({ round }) => round === header.round);
      target.addSummary({ reason: 'interrupted', episodes, rows });
    }
    target.seal();
    await rename(fresh, file);
    return { file, rows, lostBytes: facts.bytes - wholeBytes };
  } catch (error) {
    await rm(fresh, { force: true });
    throw recordingError(error, fresh);
  }
}

/** Copies what is whole. A round may have died after its summary. */
async function copyRound(
  source: string,
  target: RoundFile,
): Promise<{ wholeBytes: number; endsWithSummary: boolean }> {
  const schemas = new Map<number, McapTypes.Schema>();
  let row: number | undefined;
  let endsWithSummary = false;
  const endRow = (): void => {
    if (row !== undefined) target.endRow();
    row = undefined;
  };
  const records = roundRecords(source, false);
  for (;;) {
    const { done, value } = await records.next();
    if (done) {
      endRow();
      return { wholeBytes: value, endsWithSummary };
    }
    switch (value.type) {
      case 'Metadata':
        target.addMetadata(value);
        break;
      case 'Attachment':
        endRow();
        target.flush();
        target.addAttachment(value.name, value.mediaType, value.data);
        endsWithSummary ||= value.name === summaryName;
        break;
      case 'Schema':
        schemas.set(value.id, value);
        break;
      case 'Channel':
        target.addChannel(value, schemas.get(value.schemaId)!);
        break;
      case 'Message':
        if (value.sequence !== row) endRow();
        row = value.sequence;
        target.addMessage(value);
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
