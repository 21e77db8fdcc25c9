/** Keeps the last `limit` bytes of an output, so that a program that talks for days does not fill memory. */
export class OutputTail {
  readonly #limit: number;
  #chunks: Uint8Array[] = [];
  #bytes = 0;

  constructor(limit: number) {
    this.#limit = limit;
  }

  push(chunk: Uint8Array): void {
    this.#chunks.push(chunk);
    this.#bytes += chunk.length;
    if (this.#bytes > 2 * this.#limit) this.#chunks = [this.bytes];
    if (this.#chunks.length === 1) this.#bytes = this.#chunks[0]!.length;
  }

  get bytes(): Uint8Array {
    const all = Buffer.concat(this.#chunks);
    return all.subarray(Math.max(0, all.length - this.#limit));
  }

  /** The same as UTF-8 text. */
  get text(): string {
    return Buffer.from(this.bytes).toString('utf8');
  }
}
