import { Duplex } from 'node:stream';
import { FarsimError } from '@farsim/core';
import {
  allocateMessage,
  decodeMessage,
  decodeReason,
  encodeMessage,
  encodeReason,
  headBytes,
  messageKinds,
  type BusMessage,
  type MessageKind,
} from './bus-message.ts';
import type { BusTerms } from './bus-terms.ts';
import { InboundWindow } from './inbound-window.ts';
import { OutboundBytes } from './outbound-bytes.ts';
import { aliveEveryMs, SilenceJudge } from './silence-judge.ts';

const { accept, data, alive, end, break: broken, held } = messageKinds;

export interface BusStreamOptions {
  readonly ours: BusTerms;
  readonly theirs: BusTerms;
  readonly send: (message: Uint8Array) => void;
  /** Called once, when nothing is sent or taken any more. */
  readonly leave: () => void;
}

/**
 * One connection's two directions as a byte stream: numbered messages, credit, a sign of life each second, and an end on
 * both sides (docs/protocol.md, "Over a bus"). A message that is missing, doubled or no message at all destroys it.
 */
export class BusStream extends Duplex {
  readonly #options: BusStreamOptions;
  readonly #inbound: InboundWindow;
  readonly #outbound: OutboundBytes;
  readonly #silence = new SilenceJudge();
  readonly #ticker: NodeJS.Timeout;
  #toldTaken = 0;
  #endSent = false;
  #peerGone = false;

  constructor(options: BusStreamOptions) {
    super();
    this.#options = options;
    this.#inbound = new InboundWindow(options.ours, (bytes) => this.push(bytes));
    this.#outbound = new OutboundBytes(
      options.theirs,
      Math.min(options.ours.largestMessage, options.theirs.largestMessage),
    );
    this.#ticker = setInterval(() => this.#tick(), aliveEveryMs).unref();
  }

  /** Takes the next message from the peer's subject. */
  hear(bytes: Uint8Array): void {
    if (this.destroyed) return;
    try {
      this.#takeMessage(decodeMessage(bytes));
    } catch (error) {
      this.destroy(error as FarsimError);
    }
  }

  /** The peer hears nothing any more: after its END that is all right. */
  unheard(): void {
    this.#peerGone = true;
    if (this.#inbound.ended) this.#sendMore();
    else this.destroy(new FarsimError('LINK_LOST', 'the other side is gone without a goodbye'));
  }

  override _read(): void {
    this.#inbound.wanted();
    this.#tellTaken();
  }

  override _write(chunk: Uint8Array, _encoding: string, done: () => void): void {
    this.#outbound.put([chunk], done);
    this.#sendMore();
  }

  override _writev(chunks: readonly { chunk: Uint8Array }[], done: () => void): void {
    this.#outbound.put(
      chunks.map(({ chunk }) => chunk),
      done,
    );
    this.#sendMore();
  }

  override _final(done: () => void): void {
    this.#endSent = true;
    this.#send(end);
    done();
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    clearInterval(this.#ticker);
    // after an END the peer may still read at leisure what came before it
    if (!this.#endSent || error) {
      this.#send(broken, encodeReason(error?.message ?? 'it closed the connection'));
    }
    this.#options.leave();
    done(error);
  }

  #takeMessage(message: BusMessage): void {
    this.#silence.heard();
    const { kind, body } = message;
    if (kind === held) return;
    if (kind === broken) throw new FarsimError('LINK_LOST', `the other side gave up: ${decodeReason(body)}`);
    if (kind === accept)
      throw new FarsimError('DECODE_FAILED', 'a second listener answered: two listen under one name');
    if (kind !== data && kind !== alive && kind !== end)
      throw new FarsimError(
        'DECODE_FAILED',
        `a message of kind ${kind} does not belong on an open connection`,
      );
    this.#inbound.count(message);
    this.#outbound.acknowledge(message.taken);
    if (kind === data) this.#inbound.put(body);
    else if (kind === end) this.#inbound.end();
    this.#tellTaken();
    this.#sendMore();
  }

  #sendMore(): void {
    if (this.#peerGone) this.#outbound.drop();
    for (;;) {
      const length = this.#outbound.ready;
      if (length === 0) return;
      const { sent } = this.#outbound;
      const message = allocateMessage(data, sent + 1, this.#inbound.taken, length);
      this.#toldTaken = this.#inbound.taken;
      const done = this.#outbound.fill(message.subarray(headBytes));
      this.#options.send(message);
      done?.();
    }
  }

  #send(kind: MessageKind, body?: Uint8Array): void {
    this.#toldTaken = this.#inbound.taken;
    this.#options.send(encodeMessage(kind, this.#outbound.sent, this.#inbound.taken, body));
  }

  #tellTaken(): void {
    if (this.#inbound.taken - this.#toldTaken >= this.#options.ours.window / 4) this.#send(alive);
  }

  #tick(): void {
    const seconds = this.#silence.tick();
    if (seconds === undefined || this.#inbound.ended) this.#send(alive);
    else {
      const sentence = `nothing heard from the other side for ${seconds.toFixed(1)} s`;
      this.destroy(new FarsimError('LINK_LOST', sentence));
    }
  }
}
