import { FarsimError } from '../../model/errors.ts';
import type { Channel, CloseReason } from '../../ports/transport.ts';
import { FrameQueue } from './frame-queue.ts';
import { requireOneFrame } from './frame-splitter.ts';
import { wireLimits } from '../limits.ts';

const queuedBytesLimit = 1 << 20;

/**
 * Two ends of a channel inside this process, for serving in place and for tests. It behaves like a connection: frames are
 * copied, a sender waits while 1 MiB is unread, frames over the limit end it, and what was sent before a close arrives.
 */
export function createMemoryChannels(): [Channel, Channel] {
  const left = new MemoryChannel();
  const right = new MemoryChannel();
  left.peer = right;
  right.peer = left;
  return [left, right];
}

class MemoryChannel implements Channel {
  peer!: MemoryChannel;
  readonly closed: Promise<CloseReason>;
  #settle!: (reason: CloseReason) => void;
  #reason: CloseReason | undefined;
  #limit: number = wireLimits.unacceptedFrameBytes;
  #preambleSent = false;
  #overLimit: Uint8Array[] = [];
  #senders: { resolve: () => void; reject: (error: FarsimError) => void }[] = [];
  readonly #queue = new FrameQueue({
    onTake: () => this.#wakeSenders(),
    onWait: () => this.#takeHeld(),
    onLeave: () => void this[Symbol.asyncDispose](),
  });

  constructor() {
    this.closed = new Promise((resolve) => (this.#settle = resolve));
  }

  async send(parts: readonly Uint8Array[]): Promise<void> {
    if (this.#reason) throw new FarsimError('LINK_LOST', `the channel is closed: ${this.#reason.message}`);
    if (this.#preambleSent) requireOneFrame(parts);
    this.#preambleSent = true;
    const frame = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
    let at = 0;
    for (const part of parts) {
      frame.set(part, at);
      at += part.length;
    }
    await this.peer.#take(frame);
  }

  receive(): AsyncIterable<Uint8Array> {
    return this.#queue.iterate();
  }

  limitFrames(bytes: number): void {
    this.#limit = Math.min(bytes, wireLimits.frameBytes);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#queue.drop();
    this.#end({ kind: 'local', message: 'closed by this side' });
    this.peer.#end({ kind: 'peer', message: 'closed by the other side' });
    await this.closed;
  }

  #take(frame: Uint8Array): Promise<void> {
    if (this.#overLimit.length > 0 || frame.length - 4 > this.#limit) {
      this.#overLimit.push(frame);
      if (this.#queue.awaited) this.#takeHeld();
    } else this.#queue.push(frame);
    if (this.#overLimit.length === 0 && this.#queue.bytes <= queuedBytesLimit) return Promise.resolve();
    return new Promise((resolve, reject) => this.#senders.push({ resolve, reject }));
  }

  #takeHeld(): void {
    while (this.#overLimit.length > 0 && this.#queue.awaited) {
      const frame = this.#overLimit.shift()!;
      if (frame.length - 4 > this.#limit) {
        const message = `the peer announced a frame of ${frame.length - 4} bytes; the limit is ${this.#limit}`;
        this.#queue.end(new FarsimError('LIMIT_EXCEEDED', message));
        this.#end({ kind: 'failure', message });
        this.peer.#end({ kind: 'peer', message: 'closed by the other side' });
        return;
      }
      this.#queue.push(frame);
    }
    this.#wakeSenders();
  }

  #wakeSenders(): void {
    if (this.#overLimit.length > 0 || this.#queue.bytes > queuedBytesLimit / 2) return;
    for (const { resolve } of this.#senders.splice(0)) resolve();
  }

  #end(reason: CloseReason): void {
    if (this.#reason) return;
    this.#reason = reason;
    this.#queue.end();
    const lost = new FarsimError(
      'LINK_LOST',
      `the channel closed before the frame was taken: ${reason.message}`,
    );
    for (const { reject } of this.#senders.splice(0)) reject(lost);
    this.#settle(reason);
  }
}
