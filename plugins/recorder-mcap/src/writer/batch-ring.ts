const batchBytes = 128 << 10;
const postAtBytes = 64 << 10;
const postAfterMs = 50;
const heldBytes = 32 << 20;
const mostFree = 16;

/** Where a row may be copied to. */
export interface RowPlace {
  readonly bytes: Uint8Array;
  readonly start: number;
}

/**
 * The bounded memory between the stepping thread and the writer: rows are gathered in buffers that are handed over at
 * 64 KiB or after 50 ms and come back to be filled again. At most 32 MiB are away at a time; a larger row goes alone.
 */
export class BatchRing {
  readonly #post: (buffer: ArrayBuffer, used: number) => void;
  readonly #free: ArrayBuffer[] = [];
  #bytes: Uint8Array | undefined;
  #used = 0;
  #away = 0;
  #timer: NodeJS.Timeout | undefined;
  #returned: PromiseWithResolvers<void> | undefined;

  /** `post` hands a buffer over; it must come back through {@link takeBack}. */
  constructor(post: (buffer: ArrayBuffer, used: number) => void) {
    this.#post = post;
  }

  /** A place for a row of `size` bytes, to be filled at once; undefined while too much is away. */
  reserve(size: number): RowPlace | undefined {
    if (this.#bytes && this.#bytes.length - this.#used < size) this.flush();
    if (!this.#bytes) {
      const capacity = Math.max(1, Math.ceil(size / batchBytes)) * batchBytes;
      if (this.#away > 0 && this.#away + capacity > heldBytes) return undefined;
      const buffer = this.#takeFree(capacity) ?? new ArrayBuffer(capacity);
      this.#bytes = new Uint8Array(buffer);
      this.#timer = setTimeout(() => this.flush(), postAfterMs).unref();
    }
    const start = this.#used;
    this.#used += size;
    return { bytes: this.#bytes, start };
  }

  /** Call after a reserved place was filled: hands the batch over when it is large enough. */
  filled(): void {
    if (this.#used >= postAtBytes) this.flush();
  }

  /** Hands over what was gathered. */
  flush(): void {
    if (!this.#bytes) return;
    clearTimeout(this.#timer);
    const buffer = this.#bytes.buffer as ArrayBuffer;
    const used = this.#used;
    this.#bytes = undefined;
    this.#used = 0;
    this.#away += buffer.byteLength;
    this.#post(buffer, used);
  }

  takeBack(buffer: ArrayBuffer): void {
    this.#away -= buffer.byteLength;
    this.#free.push(buffer);
    if (this.#free.length > mostFree) this.#free.shift();
    this.wake();
  }

  /** Rows with pictures are all of one large size, so that their buffers serve again too. */
  #takeFree(capacity: number): ArrayBuffer | undefined {
    const at = this.#free.findIndex(({ byteLength }) => byteLength === capacity);
    return at < 0 ? undefined : this.#free.splice(at, 1)[0];
  }

  /** Resolves when a buffer came back, or at {@link wake}. */
  waitForReturn(): Promise<void> {
    return (this.#returned ??= Promise.withResolvers<void>()).promise;
  }

  wake(): void {
    this.#returned?.resolve();
    this.#returned = undefined;
  }
}
