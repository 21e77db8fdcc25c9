import { FarsimError } from '@farsim/core';
import { headBytes, messageKinds, type BusMessage } from './bus-message.ts';
import type { BusTerms } from './bus-terms.ts';

/** What came from the peer and was not taken yet: never more than the window that it was told. */
export class InboundWindow {
  readonly #terms: BusTerms;
  /** Gives bytes to the reader; false when it wants no more for now. `null` is the end. */
  readonly #give: (bytes: Uint8Array | null) => boolean;
  readonly #waiting: Uint8Array[] = [];
  #wanted = false;
  #messages = 0;
  #received = 0;
  #taken = 0;
  #ended = false;

  constructor(terms: BusTerms, give: (bytes: Uint8Array | null) => boolean) {
    this.#terms = terms;
    this.#give = give;
  }

  /** Bytes that the reader has had, heads included. */
  get taken(): number {
    return this.#taken;
  }

  /** True when the peer sends no more data. */
  get ended(): boolean {
    return this.#ended;
  }

  /** Checks a message's number. Throws LINK_LOST for a gap, DECODE_FAILED for what was counted before. */
  count({ kind, sent }: BusMessage): void {
    const due = this.#messages + (kind === messageKinds.data ? 1 : 0);
    if (sent > due)
      throw new FarsimError(
        'LINK_LOST',
        `the bus lost ${sent - due} messages after message ${this.#messages}`,
      );
    if (sent < due) throw new FarsimError('DECODE_FAILED', `message ${sent} came where ${due} was due`);
    this.#messages = sent;
  }

  /** Throws DECODE_FAILED for data beyond the end, LIMIT_EXCEEDED for data beyond the terms. */
  put(bytes: Uint8Array): void {
    if (this.#ended) throw new FarsimError('DECODE_FAILED', 'data came after the end');
    const size = headBytes + bytes.length;
    if (size === headBytes || size > this.#terms.largestMessage)
      throw new FarsimError('LIMIT_EXCEEDED', `a message holds ${bytes.length} bytes of data`);
    this.#received += size;
    const waiting = this.#received - this.#taken;
    if (waiting > this.#terms.window) {
      throw new FarsimError(
        'LIMIT_EXCEEDED',
        `the other side sent ${waiting} bytes that were not taken; it may send ${this.#terms.window}`,
      );
    }
    this.#waiting.push(bytes);
    this.#pass();
  }

  end(): void {
    if (this.#ended) throw new FarsimError('DECODE_FAILED', 'a second end came');
    this.#ended = true;
    this.#pass();
  }

  /** The reader wants more. */
  wanted(): void {
    this.#wanted = true;
    this.#pass();
  }

  #pass(): void {
    while (this.#wanted && this.#waiting.length > 0) {
      const bytes = this.#waiting.shift()!;
      this.#taken += headBytes + bytes.length;
      this.#wanted = false;
      // giving may come back here with more wanted
      if (this.#give(bytes)) this.#wanted = true;
    }
    if (this.#ended && this.#waiting.length === 0) this.#give(null);
  }
}
