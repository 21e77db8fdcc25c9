import { FarsimError } from '../../model/errors.ts';

const preambleBytes = 8;
const chatterLimit = 64 << 10;
const magic = Buffer.from('FSIM');

export interface PreambleReaderOptions {
  /** True on the dialler's side, where a login shell may speak first. */
  readonly skipChatter: boolean;
  readonly onChatter?: (text: string) => void;
}

/** Finds the 8-byte preamble with which a stream begins. */
export class PreambleReader {
  readonly #options: PreambleReaderOptions;
  #seen: Buffer = Buffer.alloc(0);

  constructor(options: PreambleReaderOptions) {
    this.#options = options;
  }

  /** What came before a preamble that never did, for messages. */
  get chatter(): string {
    return this.#seen.toString('utf8').trim();
  }

  /** Takes the stream's next bytes; returns the preamble and what follows once it is there. Throws DECODE_FAILED after 64 KiB without one. */
  feed(chunk: Uint8Array): { readonly preamble: Uint8Array; readonly rest: Uint8Array } | undefined {
    this.#seen = this.#seen.length === 0 ? Buffer.from(chunk) : Buffer.concat([this.#seen, chunk]);
    const at = this.#options.skipChatter ? findPreamble(this.#seen) : 0;
    if (at >= 0 && at <= chatterLimit) {
      if (this.#seen.length < at + preambleBytes) return undefined;
      if (at > 0) this.#options.onChatter?.(this.#seen.subarray(0, at).toString('utf8'));
      return {
        preamble: Uint8Array.from(this.#seen.subarray(at, at + preambleBytes)),
        rest: this.#seen.subarray(at + preambleBytes),
      };
    }
    if (this.#seen.length < chatterLimit + preambleBytes) return undefined;
    throw new FarsimError(
      'DECODE_FAILED',
      `the far side sent ${this.#seen.length} bytes and no farsim preamble; they begin with ${JSON.stringify(this.chatter.slice(0, 80))}`,
      { suggestions: ['keep the login shell quiet when it is not interactive'] },
    );
  }
}

/** Its place, or where a cut one may begin at the end, or -1. Two zero bytes tell it from text that holds the same letters. */
function findPreamble(bytes: Buffer): number {
  for (let at = bytes.indexOf(magic[0]!); at >= 0; at = bytes.indexOf(magic[0]!, at + 1)) {
    const given = bytes.subarray(at, at + preambleBytes);
    const letters = Math.min(given.length, magic.length);
    if (given.compare(magic, 0, letters, 0, letters) !== 0) continue;
    if (given.subarray(6).every((byte) => byte === 0)) return at;
  }
  return -1;
}
