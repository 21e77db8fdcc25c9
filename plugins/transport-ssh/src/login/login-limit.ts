/** A login's deadline, which stands still while the user is asked for something and then begins anew. */
export class LoginLimit {
  /** Rejects when it is over; never resolves. */
  readonly over: Promise<never>;
  readonly #ms: number;
  readonly #reject: (error: Error) => void;
  #timer: NodeJS.Timeout | undefined;

  constructor(ms: number) {
    this.#ms = ms;
    const { promise, reject } = Promise.withResolvers<never>();
    this.over = promise;
    this.over.catch(() => undefined);
    this.#reject = reject;
    this.#start();
  }

  readonly whileAsking = async <T>(ask: () => Promise<T>): Promise<T> => {
    this.stop();
    try {
      return await ask();
    } finally {
      this.#start();
    }
  };

  stop(): void {
    clearTimeout(this.#timer);
  }

  #start(): void {
    const late = Object.assign(new Error('timed out'), { level: 'client-timeout' });
    this.#timer = setTimeout(() => this.#reject(late), this.#ms);
  }
}
