import { FarsimError } from '@farsim/core';

/** Turns what the file system threw into DISK_FULL or RECORDING_FAILED, naming the file. */
export function fileError(error: unknown, file: string): FarsimError {
  const { code = '', message = String(error) } = error as { code?: string; message?: string };
  if (code === 'ENOSPC' || code === 'EDQUOT' || code === 'EROFS') {
    return new FarsimError('DISK_FULL', `${file} cannot be written: ${message}`, {
      suggestions: ['free space; `farsim render` then draws what was recorded'],
      cause: error,
    });
  }
  return new FarsimError('RECORDING_FAILED', `${file} cannot be written: ${message}`, { cause: error });
}
