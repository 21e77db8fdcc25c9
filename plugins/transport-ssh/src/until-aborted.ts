import { FarsimError } from '@farsim/core';

/** Waits no longer than the signal allows; then throws INTERRUPTED, and what was waited for goes on without this wait. */
export async function untilAborted<T>(
  promise: Promise<T>,
  signal: AbortSignal | undefined,
  doing: string,
): Promise<T> {
  if (!signal) return promise;
  const { promise: aborted, reject } = Promise.withResolvers<never>();
  const stop = (): void => reject(new FarsimError('INTERRUPTED', `stopped while ${doing}`));
  signal.addEventListener('abort', stop);
  if (signal.aborted) stop();
  promise.catch(() => undefined);
  try {
    return await Promise.race([promise, aborted]);
  } finally {
    signal.removeEventListener('abort', stop);
  }
}
