/** Ctrl-C for commands that run: once asks for an orderly end, twice for an end by force, and a third time nothing is waited for. */
export interface Interruption extends Disposable {
  /** Aborts at the first Ctrl-C or SIGTERM. */
  readonly signal: AbortSignal;
  /** Aborts at the second. */
  readonly hurry: AbortSignal;
}

const interruptedExit = 130;
/** A terminal, npm and a launcher may each pass on the same Ctrl-C. */
const sameMs = 200;

/** Takes over SIGINT and SIGTERM until disposed. `onFirst` is what the user is told; without `onSecond` the second ends the process. */
export function takeInterruption(onFirst: string, onSecond?: string): Interruption {
  const stages = [new AbortController(), new AbortController()] as const;
  const said = [onFirst, ...(onSecond === undefined ? [] : [onSecond])];
  let heard = 0;
  let last = -Infinity;
  const onSignal = (): void => {
    if (performance.now() - last < sameMs) return;
    last = performance.now();
    const sentence = said[heard];
    if (sentence === undefined) process.exit(interruptedExit);
    process.stderr.write(`\n${sentence}; press Ctrl-C again to stop now\n`);
    stages[heard++]!.abort();
  };
  process.on('SIGINT', onSignal);
  process.on('SIGTERM', onSignal);
  return {
    signal: stages[0].signal,
    hurry: stages[1].signal,
    [Symbol.dispose]() {
      process.off('SIGINT', onSignal);
      process.off('SIGTERM', onSignal);
    },
  };
}
