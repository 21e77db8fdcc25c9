import { errorCodes } from '../../model/error-codes.ts';
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
    ? { reason: 'failed', code: error.code, message: error.message, exit: error.exitCode }
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

/** A run's error with its folder, and what came before it. */
export function runError(
  error: FarsimError,
  folder: RunFolder,
  summary: RunSummary | undefined,
): FarsimError {
  const { code, message, suggestions } = error;
  const { frames: _, ...details } = error.details;
  return new FarsimError(code, message, {
    suggestions,
    details: { ...details, folder: folder.path, ...(summary && { run: summary }) },
    cause: error.cause ?? error,
  });
}
