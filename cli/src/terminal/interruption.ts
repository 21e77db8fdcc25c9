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

/** What the user is told; a function where that depends on what goes on just then. */
type Said = string | undefined | (() => string | undefined);

/** Takes over SIGINT and SIGTERM until disposed. `onFirst` is what the user is told; the second ends the process unless `onSecond` says something. */
export function takeInterruption(onFirst: Said, onSecond?: Said): Interruption {
  const stages = [new AbortController(), new AbortController()] as const;
  const said = [onFirst, onSecond];
  let heard = 0;
  let last = -Infinity;
  const onSignal = (): void => {
    if (performance.now() - last < sameMs) return;
    last = performance.now();
    const next = said[heard];
    const sentence = typeof next === 'function' ? next() : next;
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
