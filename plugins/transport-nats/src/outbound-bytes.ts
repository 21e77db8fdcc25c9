import { FarsimError } from '@farsim/core';
import { headBytes } from './bus-message.ts';
import type { BusTerms } from './bus-terms.ts';

/** What is to be sent, cut into messages as far as the peer's credit reaches. It holds one write at a time. */
export class OutboundBytes {
  readonly #window: number;
  readonly #largestBody: number;
  #chunks: readonly Uint8Array[] = [];
  #chunk = 0;
  #at = 0;
  #left = 0;
  #done: (() => void) | undefined;
  #messages = 0;
  #bytes = 0;
  #acknowledged = 0;

  constructor({ window }: BusTerms, largestMessage: number) {
    this.#window = window;
    this.#largestBody = largestMessage - headBytes;
  }

  /** Messages that were filled. */
  get sent(): number {
    return this.#messages;
  }

  /** Bytes of the next message's body, 0 when there is nothing or the credit is too small for it. */
  get ready(): number {
    const body = Math.min(this.#left, this.#largestBody);
    return this.#bytes - this.#acknowledged + headBytes + body <= this.#window ? body : 0;
  }

  /** `done` is called when all of the chunks was filled into messages, so that they may change. */
  put(chunks: readonly Uint8Array[], done: () => void): void {
    this.#chunks = chunks;
    [this.#chunk, this.#at] = [0, 0];
    this.#left = chunks.reduce((sum, { length }) => sum + length, 0);
    if (this.#left > 0) this.#done = done;
    else done();
  }

  /** Copies the next bytes into a message's body; returns what is to be called when the message is sent. */
  fill(body: Uint8Array): (() => void) | undefined {
    for (let filled = 0; filled < body.length;) {
      const chunk = this.#chunks[this.#chunk]!;
      const part = chunk.subarray(this.#at, this.#at + body.length - filled);
      body.set(part, filled);
      filled += part.length;
      this.#at += part.length;
      if (this.#at === chunk.length) [this.#chunk, this.#at] = [this.#chunk + 1, 0];
    }
    this.#messages++;
    this.#bytes += headBytes + body.length;
    this.#left -= body.length;
    return this.#left === 0 ? this.#finish() : undefined;
  }

  /** The peer has taken so many bytes in all. Throws DECODE_FAILED when that cannot be. */
  acknowledge(taken: number): void {
    if (taken < this.#acknowledged || taken > this.#bytes) {
      throw new FarsimError(
        'DECODE_FAILED',
        `the other side says that it took ${taken} bytes, after ${this.#acknowledged}, of ${this.#bytes} that were sent`,
      );
    }
    this.#acknowledged = taken;
  }

  /** Forgets what is left: nobody hears it. */
  drop(): void {
    this.#left = 0;
    this.#finish()?.();
  }

  #finish(): (() => void) | undefined {
    const done = this.#done;
    this.#done = undefined;
    this.#chunks = [];
    return done;
  }
}
