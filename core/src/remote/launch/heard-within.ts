/** Judges a link by what comes over it. */
export interface Hearing extends Disposable {
  /** Aborts when nothing came for too long, or with the signal that it was made of. */
  readonly signal: AbortSignal;
  /** Aborts for silence alone. */
  readonly silence: AbortSignal;
  /** Something came. */
  hear(): void;
}

/** Waits `firstMs` for the first word and `laterMs` for each after it; a stall of this process is no silence of theirs. */
export function hearWithin(firstMs: number, laterMs: number, signal: AbortSignal): Hearing {
  const silence = new AbortController();
  let left = firstMs;
  let ticked = performance.now();
  const every = Math.min(firstMs, laterMs) / 8;
  const ticker = setInterval(() => {
    const now = performance.now();
    left -= Math.min(now - ticked, 2 * every);
    ticked = now;
    if (left <= 0) silence.abort();
  }, every);
  return {
    signal: AbortSignal.any([signal, silence.signal]),
    silence: silence.signal,
    hear: () => void (left = laterMs),
    [Symbol.dispose]: () => clearInterval(ticker),
  };
}
