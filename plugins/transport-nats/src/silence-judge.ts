const silenceMs = 10_000;

/** From one sign of life to the next. */
export const aliveEveryMs = 1_000;

/** Says when a peer that tells each second that it is there has been silent for 10 s while this side was awake. */
export class SilenceJudge {
  #lastHeard = performance.now();
  #lastTick = performance.now();

  heard(): void {
    this.#lastHeard = performance.now();
  }

  /** To be called every second; gives the seconds of a silence that is too long. */
  tick(): number | undefined {
    const now = performance.now();
    // a stall of our own, such as a stopped process, is no silence of theirs
    if (now - this.#lastTick > 2 * aliveEveryMs)
      this.#lastHeard = Math.max(this.#lastHeard, now - silenceMs + aliveEveryMs);
    this.#lastTick = now;
    const silent = now - this.#lastHeard;
    return silent > silenceMs ? silent / 1000 : undefined;
  }
}
