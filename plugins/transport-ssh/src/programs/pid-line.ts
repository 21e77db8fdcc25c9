import { isNoise } from '../openssh/openssh-errors.ts';

const longestWait = 64 << 10;

/** Takes the line `tag number` out of a program's standard error and passes everything else on. */
export class PidLine {
  /** The number; undefined when the line never came. */
  readonly found: Promise<number | undefined>;
  readonly #line: RegExp;
  readonly #pass: (chunk: Uint8Array) => void;
  #settle!: (pid: number | undefined) => void;
  #held: Buffer | undefined = Buffer.alloc(0);

  constructor(tag: string, pass: (chunk: Uint8Array) => void) {
    this.#line = new RegExp(`${tag} (\\d+)\\n`);
    this.#pass = pass;
    this.found = new Promise((resolve) => (this.#settle = resolve));
  }

  push(chunk: Buffer): void {
    if (!this.#held) {
      this.#pass(chunk);
      return;
    }
    this.#held = Buffer.concat([this.#held, chunk]);
    const match = this.#line.exec(this.#held.toString('latin1'));
    if (!match) {
      if (this.#held.length > longestWait) this.end();
      return;
    }
    const before = withoutNoise(this.#held.subarray(0, match.index));
    this.#release(
      Number(match[1]),
      Buffer.concat([before, this.#held.subarray(match.index + match[0].length)]),
    );
  }

  /** Gives up waiting for the line. */
  end(): void {
    if (this.#held) this.#release(undefined, this.#held);
  }

  #release(pid: number | undefined, rest: Buffer): void {
    this.#held = undefined;
    this.#settle(pid);
    if (rest.length > 0) this.#pass(rest);
  }
}

/** What ssh itself had to say before the program ran is nothing that the program said. */
function withoutNoise(said: Buffer): Buffer {
  const lines = said.toString('latin1').split(/(?<=\n)/);
  return Buffer.from(lines.filter((line) => !isNoise(line)).join(''), 'latin1');
}
