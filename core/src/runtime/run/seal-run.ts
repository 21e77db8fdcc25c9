import { errorCodes, type ErrorCode } from '../../model/error-codes.ts';
import { FarsimError, toFarsimError } from '../../model/errors.ts';
import type { RunFolder } from './run-folder.ts';
import type { RunSummary } from './run-summary.ts';

/** Writes what ends a run's folder; gives the run's error, or the one that kept the folder from being sealed. */
export async function sealRun(
  folder: RunFolder,
  began: Date,
  summary: RunSummary | undefined,
  error: FarsimError | undefined,
): Promise<FarsimError | undefined> {
  const exit = error
    ? { reason: failureReason(error), code: error.code, message: error.message, exit: error.exitCode }
    : { reason: summary!.reason, exit: summary!.reason === 'interrupted' ? errorCodes.INTERRUPTED.exit : 0 };
  try {
    if (summary) await folder.write('metrics.json', JSON.stringify(summary, undefined, 2));
    await folder.flush();
    await folder.write('exit.json', JSON.stringify({ ...exit, began, ended: new Date() }, undefined, 2));
    return error;
  } catch (thrown) {
    return error ?? toFarsimError(thrown);
  }
}

/** How a run ended that threw: the user may have stopped it before its first step. */
export function failureReason({ code }: FarsimError): 'interrupted' | 'failed' {
  return code === 'INTERRUPTED' ? 'interrupted' : 'failed';
}

/** What the far side ends a run with; another start of it may go on. */
const farEnds: ReadonlySet<ErrorCode> = new Set([
  'SIMULATOR_CRASHED',
  'SIMULATOR_FAILED',
  'LINK_LOST',
  'SESSION_EXPIRED',
  'EPISODE_LOST',
  'EPOCH_LOST',
]);

/** A run's error with its folder, and what came before it; of a recorded run that can be gone on with, also how. */
export function runError(
  error: FarsimError,
  folder: RunFolder,
  summary: RunSummary | undefined,
  isRecorded: boolean,
): FarsimError {
  const { code, message } = error;
  const suggestions = [
    ...error.suggestions,
    ...(isRecorded && summary && farEnds.has(code)
      ? [`\`farsim run --resume ${folder.path}\` goes on with the run`]
      : []),
  ];
  const { frames: _, ...details } = error.details;
  return new FarsimError(code, message, {
    suggestions,
    details: { ...details, folder: folder.path, ...(summary && { run: summary }) },
    cause: error.cause ?? error,
  });
}
