import { setTimeout as sleep } from 'node:timers/promises';
import { FarsimError, isFarsimError } from '../model/errors.ts';

const firstWaitMs = 100;
const longestWaitMs = 1_000;
/** Connecting, login and greeting together; an attempt that a dead link swallowed must not hold up the next one for long. */
const longestAttemptMs = 5_000;

/** True when the connection failed and the session behind it may still be there. */
export function isLinkLoss(error: FarsimError): boolean {
  return error.code === 'LINK_LOST' || error.code === 'HOST_UNREACHABLE';
}

export interface RedialOptions {
  /** What an attempt may take; Infinity for no bound. */
  readonly attemptMs?: number;
  /** When the last one succeeded, by `performance.now()`: a link that ends at once is no reason to dial without a pause. */
  readonly since?: number;
}

/**
 * Calls `dial` until it succeeds, with at least 0.1 s, later 1 s, from one beginning to the next. Each attempt has a signal that
 * aborts after `attemptMs`. Throws what no waiting heals, and `stop`'s reason once that aborts, INTERRUPTED where
 * it has none of its own.
 */
export async function redial<Dialled>(
  dial: (signal: AbortSignal) => Promise<Dialled>,
  stop: AbortSignal,
  { attemptMs = longestAttemptMs, since = -Infinity }: RedialOptions = {},
): Promise<Dialled> {
  await pause(since + firstWaitMs - performance.now(), stop);
  for (let waitMs = firstWaitMs; ; waitMs = Math.min(2 * waitMs, longestWaitMs)) {
    if (stop.aborted) throw reasonOf(stop);
    const began = performance.now();
    const attempt = attemptMs === Infinity ? stop : AbortSignal.any([stop, AbortSignal.timeout(attemptMs)]);
    try {
      return await dial(attempt);
    } catch (error) {
      if (stop.aborted) throw reasonOf(stop);
      if (!attempt.aborted && !(isFarsimError(error) && isLinkLoss(error))) throw error;
    }
    await pause(waitMs - (performance.now() - began), stop);
  }
}

/** Less when `stop` aborts. */
async function pause(ms: number, stop: AbortSignal): Promise<void> {
  if (ms > 0) await sleep(ms, undefined, { signal: stop }).catch(() => undefined);
}

function reasonOf({ reason }: AbortSignal): FarsimError {
  if (isFarsimError(reason)) return reason;
  return new FarsimError('INTERRUPTED', 'stopped while a link was dialled', { cause: reason });
}
