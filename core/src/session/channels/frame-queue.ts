import { FarsimError } from '../../model/errors.ts';

export interface FrameQueueEvents {
  /** The reader took a frame. */
  readonly onTake?: () => void;
  /** The reader waits and nothing is queued. */
  readonly onWait?: () => void;
  /** The reader stopped before the end. */
  readonly onLeave?: () => void;
}

/** Frames between the one that produces them and the one reader of a channel. It bounds nothing itself: watch `bytes`. */
export class FrameQueue implements AsyncIterableIterator<Uint8Array> {
  readonly #events: FrameQueueEvents;
  readonly #waiting: {
    resolve: (result: IteratorResult<Uint8Array>) => void;
    reject: (error: FarsimError) => void;
  }[] = [];
  #frames: Uint8Array[] = [];
  #next = 0;
  #bytes = 0;
  #ended = false;
  #error: FarsimError | undefined;
  #iterated = false;

  constructor(events: FrameQueueEvents = {}) {
    this.#events = events;
  }

  /** Sum of the queued frames' lengths. */
  get bytes(): number {
    return this.#bytes;
  }

  /** True while a reader waits for the next frame: it has seen all earlier ones. */
  get awaited(): boolean {
    return this.#waiting.length > 0;
  }

  push(frame: Uint8Array): void {
    if (this.#ended) return;
    const reader = this.#waiting.shift();
    if (reader) {
      reader.resolve({ done: false, value: frame });
      return;
    }
    this.#frames.push(frame);
    this.#bytes += frame.length;
  }

  /** Lets the reader have what is queued and then the end, or `error`, once. */
  end(error?: FarsimError): void {
    if (this.#ended) return;
    this.#ended = true;
    const [first, ...others] = this.#waiting.splice(0);
    if (error && first) first.reject(error);
    else {
      this.#error = error;
      first?.resolve({ done: true, value: undefined });
    }
    for (const reader of others) reader.resolve({ done: true, value: undefined });
  }

  /** Drops what is queued; the reader gets the end at once. */
  drop(): void {
    this.#frames = [];
    this.#next = 0;
    this.#bytes = 0;
    this.end();
    this.#error = undefined;
  }

  /** Throws BAD_ARGUMENT the second time: a frame goes to one reader. */
  iterate(): this {
    if (this.#iterated)
      throw new FarsimError('BAD_ARGUMENT', 'a channel is received from once; keep the first iterator');
    this.#iterated = true;
    return this;
  }

  next(): Promise<IteratorResult<Uint8Array>> {
    const frame = this.#frames[this.#next];
    if (frame) {
      this.#frames[this.#next++] = undefined as never;
      if (this.#next === this.#frames.length || this.#next >= 1024) {
        this.#frames = this.#frames.slice(this.#next);
        this.#next = 0;
      }
      this.#bytes -= frame.length;
      this.#events.onTake?.();
      return Promise.resolve({ done: false, value: frame });
    }
    if (this.#ended) {
      const error = this.#error;
      this.#error = undefined;
      return error ? Promise.reject(error) : Promise.resolve({ done: true, value: undefined });
    }
    return new Promise((resolve, reject) => {
      this.#waiting.push({ resolve, reject });
      this.#events.onWait?.();
    });
  }

  return(): Promise<IteratorResult<Uint8Array>> {
    this.drop();
    this.#events.onLeave?.();
    return Promise.resolve({ done: true, value: undefined });
  }

  [Symbol.asyncIterator](): this {
    return this;
  }
}
