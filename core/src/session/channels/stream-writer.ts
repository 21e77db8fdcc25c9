import type { Readable, Writable } from 'node:stream';
import type { FarsimError } from '../../model/errors.ts';

const copyBelow = 32 << 10;
const joinBelowWithoutGather = 256 << 10;
const done = Promise.resolve();

interface PendingWrite {
  readonly resolve: () => void;
  readonly reject: (error: FarsimError) => void;
}

/**
 * Writes each frame with one write: parts under 32 KiB are joined, larger ones go by reference in one gathered write where
 * the stream has one. (`cork` does not merge writes on an ssh2 channel, so more is joined there.)
 */
export class StreamWriter {
  readonly #writable: Writable;
  readonly #bothClosed: Promise<unknown>;
  readonly #gathers: boolean;
  readonly #untilDrained = new Set<PendingWrite>();
  readonly #untilWritten = new Set<PendingWrite>();

  /** `readable` is the stream's other direction. */
  constructor(writable: Writable, readable: Readable, onError: (error: NodeJS.ErrnoException) => void) {
    this.#writable = writable;
    this.#bothClosed = Promise.all([whenClosed(writable), whenClosed(readable)]);
    this.#gathers = typeof writable._writev === 'function';
    writable.on('error', onError);
    writable.on('drain', () => {
      for (const { resolve } of this.#untilDrained) resolve();
      this.#untilDrained.clear();
    });
  }

  /** Resolves when more may be written and the parts may change. */
  write(parts: readonly Uint8Array[]): Promise<void> {
    const chunks = joinSmall(parts, this.#gathers ? copyBelow : joinBelowWithoutGather);
    const [only] = chunks;
    if (chunks.length === 1 && !parts.includes(only!)) {
      return this.#writable.write(only)
        ? done
        : new Promise((resolve, reject) => this.#untilDrained.add({ resolve, reject }));
    }
    return new Promise((resolve, reject) => {
      const pending: PendingWrite = { resolve, reject };
      this.#untilWritten.add(pending);
      this.#writable.cork();
      chunks.forEach((chunk, i) => {
        if (i < chunks.length - 1) this.#writable.write(chunk);
        else
          this.#writable.write(chunk, (error) => error ?? (this.#untilWritten.delete(pending) && resolve()));
      });
      this.#writable.uncork();
    });
  }

  /** Fails every write that has not resolved: some streams forget their callbacks when they close. */
  refuse(error: FarsimError): void {
    for (const { reject } of [...this.#untilDrained, ...this.#untilWritten]) reject(error);
    this.#untilDrained.clear();
    this.#untilWritten.clear();
  }

  /** Ends this direction and waits until what was written is out and the other direction has ended too, at most `lingerMs`. */
  async end(lingerMs: number): Promise<void> {
    this.#writable.end();
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<void>((resolve) => (timer = setTimeout(resolve, lingerMs)));
    await Promise.race([this.#bothClosed, late]);
    clearTimeout(timer);
  }

  destroy(): void {
    this.#writable.destroy();
  }
}

function joinSmall(parts: readonly Uint8Array[], below: number): Uint8Array[] {
  const chunks: Uint8Array[] = [];
  let from = 0;
  let length = 0;
  for (let i = 0; i <= parts.length; i++) {
    const part = parts[i];
    if (part && part.length < below) {
      length += part.length;
      continue;
    }
    if (i > from) chunks.push(join(parts, from, i, length));
    if (part) chunks.push(part);
    [from, length] = [i + 1, 0];
  }
  return chunks;
}

function join(parts: readonly Uint8Array[], from: number, to: number, length: number): Uint8Array {
  const joined = Buffer.allocUnsafe(length);
  for (let i = from, at = 0; i < to; at += parts[i]!.length, i++) joined.set(parts[i]!, at);
  return joined;
}

function whenClosed(stream: Readable | Writable): Promise<void> {
  return stream.closed ? Promise.resolve() : new Promise((resolve) => stream.once('close', () => resolve()));
}
