import { FarsimError } from '@farsim/core';

/** Throws INTERRUPTED once the user has stopped the drawing; `doing` says what was under way. */
export function requireGoing(signal: AbortSignal | undefined, doing: string): void {
  if (signal?.aborted) throw new FarsimError('INTERRUPTED', `stopped while ${doing}`);
}
