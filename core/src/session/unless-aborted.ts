/** What `work` comes to, or the signal's reason as soon as that aborts: for work whose own end may hang on a dead link. */
export async function unlessAborted<Result>(work: Promise<Result>, signal: AbortSignal): Promise<Result> {
  const stop = Promise.withResolvers<never>();
  const onAbort = (): void => stop.reject(signal.reason);
  if (signal.aborted) onAbort();
  else signal.addEventListener('abort', onAbort, { once: true });
  // nobody waits for it any more then
  work.catch(() => undefined);
  try {
    return await Promise.race([work, stop.promise]);
  } finally {
    signal.removeEventListener('abort', onAbort);
    stop.promise.catch(() => undefined);
  }
}
