import { FarsimError } from '../../model/errors.ts';

const prefixBytes = 4;
const uninitializedFrom = 4096;

/**
 * Cuts a byte stream into frames. Each comes with its 4-byte prefix in an ArrayBuffer of its own, at offset 0, allocated
 * from the announced length once that is within `limit`; bytes are copied once.
 */
export class FrameSplitter {
  /** The most bytes that a frame may have after its prefix. */
  limit: number;
  readonly #emit: (frame: Uint8Array) => void;
  readonly #prefix = new Uint8Array(prefixBytes);
  #prefixFilled = 0;
  #frame: Uint8Array | undefined;
  #filled = 0;

  constructor(limit: number, emit: (frame: Uint8Array) => void) {
    this.limit = limit;
    this.#emit = emit;
  }

  /** What the next frame announced, when it is over the limit. */
  get announced(): number {
    return new DataView(this.#prefix.buffer).getUint32(0, true);
  }

  /** How far a frame has come, for messages; undefined between frames. */
  get unfinished(): string | undefined {
    if (this.#frame) return `${this.#filled} bytes into a frame of ${this.#frame.length}`;
    return this.#prefixFilled > 0 ? `${this.#prefixFilled} bytes into a frame` : undefined;
  }

  /** Takes the stream's next bytes. Returns the rest when a frame over the limit begins: feed it again when the limit was raised. */
  feed(chunk: Uint8Array): Uint8Array | undefined {
    let at = 0;
    for (;;) {
      if (!this.#frame) {
        while (this.#prefixFilled < prefixBytes && at < chunk.length)
          this.#prefix[this.#prefixFilled++] = chunk[at++]!;
        if (this.#prefixFilled < prefixBytes) return undefined;
        const total = this.announced;
        if (total > this.limit) return chunk.subarray(at);
        this.#frame = allocate(prefixBytes + total);
        this.#frame.set(this.#prefix);
        this.#filled = prefixBytes;
        this.#prefixFilled = 0;
      }
      const taken = Math.min(this.#frame.length - this.#filled, chunk.length - at);
      this.#frame.set(
        at === 0 && taken === chunk.length ? chunk : chunk.subarray(at, at + taken),
        this.#filled,
      );
      at += taken;
      this.#filled += taken;
      if (this.#filled < this.#frame.length) return undefined;
      const frame = this.#frame;
      this.#frame = undefined;
      this.#emit(frame);
    }
  }
}

/** Throws BAD_ARGUMENT when the parts are not one frame: a wrong prefix would make the peer misread all that follows. */
export function requireOneFrame(parts: readonly Uint8Array[]): void {
  let length = 0;
  for (const part of parts) length += part.length;
  const head = parts[0];
  const says =
    head && head.length >= prefixBytes
      ? new DataView(head.buffer, head.byteOffset, prefixBytes).getUint32(0, true)
      : undefined;
  if (says !== length - prefixBytes) {
    throw new FarsimError(
      'BAD_ARGUMENT',
      `the parts of a frame have ${length} bytes and its prefix says ${says ?? 'nothing'}`,
    );
  }
}

function allocate(bytes: number): Uint8Array {
  // every byte is written before the frame is shown
  return bytes < uninitializedFrom
    ? new Uint8Array(bytes)
    : new Uint8Array(Buffer.allocUnsafeSlow(bytes).buffer);
}
