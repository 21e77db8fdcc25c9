/** Does things in the order they were added, each so many milliseconds after it was. */
export class DelayLine {
  readonly #waiting: { readonly due: number; readonly act: () => void }[] = [];
  #stopped = false;

  add(act: () => void, ms: number): void {
    const due = Math.max(performance.now() + ms, this.#waiting.at(-1)?.due ?? 0);
    if (this.#waiting.push({ due, act }) === 1) this.#wait();
  }

  /** Drops what waits: it is lost. */
  stop(): void {
    this.#stopped = true;
    this.#waiting.length = 0;
  }

  /** Timers are a millisecond coarse: sleeps until shortly before and then lets the event loop turn. */
  #wait(): void {
    const left = this.#waiting[0]!.due - performance.now();
    if (left > 1) setTimeout(() => this.#spin(), left - 1);
    else setImmediate(() => this.#spin());
  }

  #spin(): void {
    if (this.#stopped) return;
    while (this.#waiting.length > 0 && this.#waiting[0]!.due <= performance.now())
      this.#waiting.shift()!.act();
    if (this.#waiting.length > 0) this.#wait();
  }
}
