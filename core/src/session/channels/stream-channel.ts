import type { Duplex, Readable, Writable } from 'node:stream';
import { FarsimError, toFarsimError } from '../../model/errors.ts';
import type { Channel, CloseReason } from '../../ports/transport.ts';
import { FrameQueue } from './frame-queue.ts';
import { FrameSplitter, requireOneFrame } from './frame-splitter.ts';
import { wireLimits } from '../limits.ts';
import { PreambleReader } from './preamble-reader.ts';
import { StreamWriter } from './stream-writer.ts';

const queuedBytesLimit = 1 << 20;
const lingerMs = 500;
const peerClosed: CloseReason = { kind: 'peer', message: 'closed by the other side' };

export interface StreamChannelOptions {
  /** The dialler skips at most 64 KiB of a login shell's chatter before the peer's preamble. */
  readonly side: 'dialler' | 'listener';
  readonly onChatter?: (text: string) => void;
  /** Ends what carries the stream, after both directions are done or failed, and tells how that ended; what it returns wins over what the stream showed. */
  readonly finish?: () => Promise<Partial<CloseReason>>;
}

/**
 * Makes a channel of any byte stream: the preamble, then frames (docs/protocol.md, "Bytes"). The channel owns the stream.
 * Reading stops while more than 1 MiB waits for the reader; a frame over the limit ends the channel before it is allocated,
 * once the reader has had all earlier frames and so the chance to raise the limit. Closing flushes what was sent.
 */
export function openStreamChannel(
  stream: Duplex | { readonly readable: Readable; readonly writable: Writable },
  options: StreamChannelOptions,
): Channel {
  return 'readable' in stream && typeof stream.readable === 'object'
    ? new StreamChannel(stream.readable, stream.writable as Writable, options)
    : new StreamChannel(stream as Duplex, stream as Duplex, options);
}

class StreamChannel implements Channel {
  readonly closed: Promise<CloseReason>;
  readonly #readable: Readable;
  readonly #writer: StreamWriter;
  readonly #options: StreamChannelOptions;
  readonly #preamble: PreambleReader;
  readonly #splitter = new FrameSplitter(wireLimits.unacceptedFrameBytes, (frame) => this.#queue.push(frame));
  readonly #queue = new FrameQueue({
    onTake: () => this.#readMore(),
    onWait: () => this.#readHeld(),
    onLeave: () => void this[Symbol.asyncDispose](),
  });
  #settle!: (reason: CloseReason) => void;
  #reason: CloseReason | undefined;
  #writingFailed = false;
  #preambleSent = false;
  #preambleSeen = false;
  #held: Uint8Array | undefined;

  constructor(readable: Readable, writable: Writable, options: StreamChannelOptions) {
    this.#readable = readable;
    this.#writer = new StreamWriter(writable, readable, (error) => this.#streamFailed(error));
    this.#options = options;
    this.#preamble = new PreambleReader({
      skipChatter: options.side === 'dialler',
      ...(options.onChatter && { onChatter: options.onChatter }),
    });
    this.closed = new Promise((resolve) => (this.#settle = resolve));
    readable.on('data', (chunk: Uint8Array) => this.#take(chunk));
    readable.on('end', () => this.#streamEnded());
    readable.on('error', (error) => this.#streamFailed(error));
    readable.on('close', () =>
      this.#end(this.#writingFailed ? peerClosed : { kind: 'failure', message: 'the connection broke' }),
    );
  }

  send(parts: readonly Uint8Array[]): Promise<void> {
    const reason = this.#reason;
    if (reason)
      return Promise.reject(
        new FarsimError('LINK_LOST', `the channel is closed: ${reason.message ?? reason.kind}`),
      );
    try {
      if (this.#preambleSent) requireOneFrame(parts);
    } catch (error) {
      return Promise.reject(error as Error);
    }
    this.#preambleSent = true;
    return this.#writer.write(parts);
  }

  receive(): AsyncIterable<Uint8Array> {
    return this.#queue.iterate();
  }

  limitFrames(bytes: number): void {
    this.#splitter.limit = Math.min(bytes, wireLimits.frameBytes);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#queue.drop();
    this.#end({ kind: 'local', message: 'closed by this side' });
    await this.closed;
  }

  #take(chunk: Uint8Array): void {
    if (this.#reason) return;
    try {
      const bytes = this.#preambleSeen ? chunk : this.#takePreamble(chunk);
      if (bytes) this.#split(bytes);
    } catch (error) {
      this.#refuse(toFarsimError(error));
    }
  }

  #takePreamble(chunk: Uint8Array): Uint8Array | undefined {
    const found = this.#preamble.feed(chunk);
    if (!found) return undefined;
    this.#preambleSeen = true;
    this.#queue.push(found.preamble);
    return found.rest;
  }

  #split(bytes: Uint8Array): void {
    const rest = this.#splitter.feed(this.#held ? Buffer.concat([this.#held, bytes]) : bytes);
    this.#held = rest;
    if (rest && this.#queue.awaited) {
      const { announced, limit } = this.#splitter;
      throw new FarsimError(
        'LIMIT_EXCEEDED',
        `the peer announced a frame of ${announced} bytes; the limit is ${limit}`,
      );
    }
    if (rest || this.#queue.bytes > queuedBytesLimit) this.#readable.pause();
  }

  #readMore(): void {
    if (!this.#held && this.#readable.isPaused() && this.#queue.bytes < queuedBytesLimit / 2)
      this.#readable.resume();
  }

  #readHeld(): void {
    const held = this.#held;
    if (!held) return;
    this.#held = undefined;
    this.#take(held);
    this.#readMore();
  }

  #refuse(error: FarsimError): void {
    this.#queue.end(error);
    this.#end({ kind: 'failure', message: error.message });
  }

  #streamEnded(): void {
    if (!this.#preambleSeen && this.#preamble.chatter !== '') {
      this.#end({
        kind: 'failure',
        message: `it ended before its preamble and said: ${this.#preamble.chatter.slice(-2000)}`,
      });
    } else if (this.#splitter.unfinished) {
      this.#end({ kind: 'failure', message: `the connection ended ${this.#splitter.unfinished}` });
    } else this.#end(peerClosed);
  }

  #streamFailed(error: NodeJS.ErrnoException): void {
    if (error.code !== 'EPIPE') {
      this.#end({ kind: 'failure', message: `the connection broke: ${error.message}` });
      return;
    }
    // the peer closed, and its last frames may still be on their way to us
    this.#writingFailed = true;
    setTimeout(() => this.#end(peerClosed), lingerMs).unref();
  }

  #end(reason: CloseReason): void {
    if (this.#reason) return;
    this.#reason = reason;
    this.#queue.end();
    this.#writer.refuse(
      new FarsimError(
        'LINK_LOST',
        `the channel closed before the frame was sent: ${reason.message ?? reason.kind}`,
      ),
    );
    void this.#tearDown(reason);
  }

  async #tearDown(reason: CloseReason): Promise<void> {
    // unread bytes would turn the close into a reset, which can take sent frames with it
    this.#readable.resume();
    if (reason.kind !== 'failure') await this.#writer.end(lingerMs);
    try {
      this.#settle({ ...reason, ...(await this.#options.finish?.()) });
    } catch (error) {
      this.#settle({ ...reason, message: `${reason.message}; ${toFarsimError(error).message}` });
    } finally {
      this.#readable.destroy();
      this.#writer.destroy();
    }
  }
}
