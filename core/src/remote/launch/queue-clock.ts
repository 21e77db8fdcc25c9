const longestStepSeconds = 60;

/** Tells how long a start has been queued: each second at first, ever more seldom later. */
export class QueueClock {
  readonly #name: string;
  readonly #progress: (line: string) => void;
  readonly #began = performance.now();
  #due = 1;
  #said = '';

  constructor(name: string, progress: (line: string) => void) {
    this.#name = name;
    this.#progress = progress;
  }

  /** Takes what is known of the reason, `''` for nothing; a new one is told at once. */
  tell(said: string): void {
    const seconds = Math.floor((performance.now() - this.#began) / 1000);
    if (seconds < this.#due && (said === this.#said || seconds < 1)) return;
    this.#said = said;
    this.#due = seconds + Math.min(longestStepSeconds, Math.max(1, Math.floor(seconds / 10)));
    this.#progress(`${this.#name}: queued, ${seconds} s${said === '' ? '' : ` (${said.slice(0, 200)})`}`);
  }
}
