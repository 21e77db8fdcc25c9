import type { FarSession, LeftOver, QueuedLaunch, UnfetchedRecording } from '@farsim/core';
import { formatSpan, formatTable } from '../terminal/format.ts';

/** A table of a host's sessions. */
export function showSessions(sessions: readonly FarSession[]): string {
  const gpu = sessions.some(({ gpuMemory }) => gpuMemory !== undefined);
  const queue = sessions.some(({ job }) => job);
  const heading = ['session', 'name', 'owner', 'simulates', 'phase', 'age', 'heard', 'lease left', 'step'];
  return formatTable([
    [...heading, ...(gpu ? ['GPU'] : []), ...(queue ? ['job'] : [])],
    ...sessions.map((entry) => [
      ...row(entry),
      ...(gpu ? [`${entry.gpuMemory ?? 0} MiB`] : []),
      ...(queue ? [entry.job || '–'] : []),
    ]),
  ]);
}

function row(entry: FarSession): string[] {
  const { session, name, task, adapter, age, heard, leaseLeft, applied } = entry;
  return [
    session,
    name,
    ownerOf(entry),
    task || adapter.split(':').at(-1)!,
    phaseOf(entry),
    spanOf(age),
    spanOf(heard),
    spanOf(leaseLeft),
    applied === undefined ? '–' : String(applied),
  ];
}

function ownerOf({ owner, warm, detached }: FarSession): string {
  if (detached) return '(detached)';
  if (warm) return '(kept)';
  return owner === '' ? '–' : owner;
}

function phaseOf({ alive, phase, started, since, run }: FarSession): string {
  if (!alive) return 'DEAD';
  if (run && phase === 'ready') return `round ${run.round} of about ${run.rounds}`;
  if (!phase) return '–';
  return started ? `request ${started} for ${spanOf(since)}` : phase;
}

function spanOf(seconds: number | null | undefined): string {
  return seconds === null || seconds === undefined ? '–' : formatSpan(seconds);
}

/** What should not be there any more, a line each. */
export function showLeftOver(left: readonly LeftOver[]): string {
  return formatTable([
    ['session', 'what', 'why', 'processes'],
    ...left.map(({ session, name, adapter, reason, pids, job }) => [
      session,
      name || adapter || 'processes with its marker',
      job === undefined ? reason : `${reason} (job ${job})`,
      pids.join(' ') || 'none',
    ]),
  ]);
}

/** A detached run that is over, and how its recording comes here. */
export function showUnfetched(host: string, { session, name, began, rounds }: UnfetchedRecording): string {
  const since = began === null ? '' : ` of ${began.slice(0, 16)}Z`;
  const what = `the run ${name === '' ? session : `${name} (${session})`}${since} is over`;
  return `${what}, its ${rounds} rounds are still there: \`farsim sync ${host} ${session}\``;
}

/** A command that a queue keeps, and how it is taken out. */
export function showQueued(host: string, { id, seconds, said }: QueuedLaunch): string {
  return `${id} is queued for ${formatSpan(seconds)}${said === '' ? '' : `: ${said}`}; \`farsim host down ${host} ${id}\` takes it out`;
}
