/** Ctrl-C for commands that run: once asks for an orderly end, a second time ends at once. */
export interface Interruption extends Disposable {
  /** Aborts at the first Ctrl-C or SIGTERM. */
  readonly signal: AbortSignal;
}

const interruptedExit = 130;
/** A terminal, npm and a launcher may each pass on the same Ctrl-C. */
const sameMs = 200;

/** Takes over SIGINT and SIGTERM until disposed. `onFirst` is what the user is told. */
export function takeInterruption(onFirst: string): Interruption {
  const controller = new AbortController();
  let first = 0;
  const onSignal = (): void => {
    if (controller.signal.aborted && performance.now() - first < sameMs) return;
    if (controller.signal.aborted) process.exit(interruptedExit);
    first = performance.now();
    process.stderr.write(`\n${onFirst}; press Ctrl-C again to stop now\n`);
    controller.abort();
  };
  process.on('SIGINT', onSignal);
  process.on('SIGTERM', onSignal);
  return {
    signal: controller.signal,
    [Symbol.dispose]() {
      process.off('SIGINT', onSignal);
      process.off('SIGTERM', onSignal);
    },
  };
}
