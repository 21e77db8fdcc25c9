import { FarsimError, isFarsimError } from '@farsim/core/worker';

const diskFull = new Set(['ENOSPC', 'EDQUOT', 'EROFS']);

/** Turns what the file system threw into DISK_FULL (also for a read-only disk) or RECORDING_FAILED, naming the file. */
export function recordingError(error: unknown, file: string): FarsimError {
  if (isFarsimError(error)) return error;
  const { code = '', message = String(error) } = error as { code?: string; message?: string };
  if (diskFull.has(code)) {
    const what = code === 'EROFS' ? 'the disk is read-only' : 'the disk is full';
    return new FarsimError('DISK_FULL', `${file}: ${what}; what was recorded before is intact`, {
      suggestions: [
        'free space or choose another folder, then `farsim data recover` seals the unfinished round',
      ],
      cause: error,
    });
  }
  if (code === 'EEXIST') {
    return new FarsimError('RECORDING_FAILED', `${file} is already there, and a round is never overwritten`, {
      suggestions: ['record into another folder, or go on with the next round number'],
      cause: error,
    });
  }
  return new FarsimError('RECORDING_FAILED', `${file}: ${message}`, { cause: error });
}
