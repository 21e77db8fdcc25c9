import { FarsimError } from '../../model/errors.ts';
import type { Answer, Call } from './call.ts';
import { longestTimerMs } from '../limits.ts';

/** Stops the waiting, never the step: a late answer is in `details.pending`. */
export function limited(answer: Promise<Answer>, { deadlineMs, signal }: Call): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const stop = (error: FarsimError): void => {
      answer.catch(() => undefined);
      reject(error);
    };
    const timer =
      deadlineMs === undefined || deadlineMs > longestTimerMs
        ? undefined
        : setTimeout(
            () =>
              stop(
                new FarsimError('DEADLINE_EXCEEDED', `no answer within ${deadlineMs} ms; it may still come`, {
                  details: { pending: answer },
                }),
              ),
            deadlineMs,
          );
    const onAbort = (): void =>
      stop(
        new FarsimError('INTERRUPTED', 'the wait for the answer was stopped', {
          details: { pending: answer },
        }),
      );
    if (signal?.aborted) onAbort();
    signal?.addEventListener('abort', onAbort, { once: true });
    const done = (): void => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', onAbort);
    };
    answer.then(
      (value) => {
        done();
        resolve(value);
      },
      (error: unknown) => {
        done();
        reject(error as FarsimError);
      },
    );
  });
}
