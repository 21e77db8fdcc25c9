import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import {
  FarsimError,
  PluginFinder,
  finishDetached,
  openDetached,
  openRecording,
  progressOf,
  readDetached,
  toFarsimError,
  type DetachedFile,
  type DetachedLink,
  type FarRunProgress,
  type Recording,
  type RunSummary,
  type SyncedRun,
} from '@farsim/core';
import { formatBytes } from '../terminal/format.ts';
import type { ProgressLine } from '../terminal/progress-line.ts';
import { replayKept } from '../replay/replay-kept.ts';

/** How a detached run stands after a sync. */
export type Synced = StillRunning | { readonly state: 'done'; readonly summary: RunSummary };

export interface StillRunning {
  readonly state: 'running';
  readonly folder: string;
  readonly host: string;
  readonly session: string;
  readonly run: Partial<FarRunProgress>;
  /** What came now. */
  readonly fetched: { readonly files: number; readonly bytes: number };
}

/** Fetches what there is of a detached run; finishes it here when it is over there. A run that was finished is told of again. Throws what ended the run early, and VERIFICATION_FAILED for a recording that is not what was computed: it then stays there, too. */
export async function syncFolder(folder: string, signal: AbortSignal, line: ProgressLine): Promise<Synced> {
  const finished = await finishedRun(folder);
  if (finished) return { state: 'done', summary: finished };
  await using link = await openDetached(folder, new PluginFinder(), {
    signal,
    progress: (text) => line.phase(text),
    log: (text) => line.note(text),
    onFile: ({ name }, done, files) => line.bar(`fetching ${name}`, done, files),
  });
  const synced = await link.fetch();
  const { state, files, bytes } = synced;
  if (state.running) {
    const { host, session } = link.detached;
    const run = state.run ?? {};
    return { state: 'running', folder: link.folder.path, host, session, run, fetched: { files, bytes } };
  }
  return { state: 'done', summary: await finish(link, synced, signal, line) };
}

/** The same for a reader. */
export function printRunning({ folder, host, session, run, fetched }: StillRunning): string {
  return [
    `session ${session} goes on on ${host}: ${progressOf(run)}`,
    `${fetched.files} files came now, ${formatBytes(fetched.bytes)}`,
    `folder ${folder}`,
  ].join('\n');
}

async function finish(
  link: DetachedLink,
  { state }: SyncedRun,
  signal: AbortSignal,
  line: ProgressLine,
): Promise<RunSummary> {
  const { folder, detached } = link;
  await using recording = await proven(folder.path, detached.host);
  await using acts = await actedFrom(detached, line);
  const replay = await replayKept(folder.path, detached.configFolder, signal, line);
  try {
    const began = new Date(detached.began);
    return await finishDetached(folder, state, { recording, began, acts, replay });
  } finally {
    await link.forget();
  }
}

/** The recording whose actions the run applied; undefined where it applied none, or that is not here. */
async function actedFrom({ acts }: DetachedFile, line: ProgressLine): Promise<Recording | undefined> {
  if (acts === undefined) return undefined;
  if (existsSync(acts)) return openRecording(acts, new PluginFinder());
  line.note(`${acts} is not here: how far the joints went from it is not told`);
  return undefined;
}

/** The fetched recording, sealed and proven by its ledger; undefined where nothing was recorded. Throws what is wrong with it, and that it is still there. */
async function proven(folder: string, host: string): Promise<Recording | undefined> {
  if (!existsSync(path.join(folder, 'rounds'))) return undefined;
  try {
    const { openRecording: open, recover, verifyLedger } = await import('@farsim/recorder-mcap');
    await recover(folder);
    const recording = await open(folder);
    if (recording.rounds.length === 0) return undefined;
    const { faults } = await verifyLedger(recording);
    if (faults.length === 0) return recording;
    const what = `${folder}: ${faults.length} rows are not what the simulator computed`;
    throw new FarsimError('VERIFICATION_FAILED', what, { details: { faults } });
  } catch (thrown) {
    const { code, message, details } = toFarsimError(thrown);
    const wayOut = `it is still on ${host}: remove the damaged file here, and \`farsim sync\` fetches it again`;
    throw new FarsimError(code, message, { suggestions: [wayOut], details, cause: thrown });
  }
}

/** What was summed up when the folder was sealed; undefined while it is not. Throws what ended the run early. */
async function finishedRun(folder: string): Promise<RunSummary | undefined> {
  const file = path.join(folder, 'exit.json');
  if (!existsSync(file)) return undefined;
  await readDetached(folder);
  const { code, message } = JSON.parse(await readFile(file, 'utf8')) as Partial<
    Pick<FarsimError, 'code' | 'message'>
  >;
  if (code !== undefined) throw new FarsimError(code, message!, { details: { folder } });
  return JSON.parse(await readFile(path.join(folder, 'metrics.json'), 'utf8')) as RunSummary;
}
