import { readFile } from 'node:fs/promises';
import type { ParsedKey } from 'ssh2';
import { askPassphrase } from './ask-passphrase.ts';
import { parseKey } from './parse-key.ts';

const mostTries = 3;

/** Why a key stayed locked: what to tell, and the way out. */
export interface Obstacle {
  readonly what: string;
  readonly wayOut: string;
}

/** Private keys with passphrases, each asked for once and then held unlocked for later dials, in memory alone. */
export class KeyRing {
  readonly #unlocked = new Map<string, Promise<ParsedKey | undefined>>();
  readonly #obstacles = new Map<string, Obstacle>();
  /** Questions come one after another: there is one terminal. */
  #asked: Promise<unknown> = Promise.resolve();

  /** The file's key; undefined when its passphrase was not to be had, which is not asked for again. */
  unlock(file: string, mayAsk: boolean, signal: AbortSignal | undefined): Promise<ParsedKey | undefined> {
    const known = this.#unlocked.get(file);
    if (known) return known;
    const unlocking = this.#asked.then(() => this.#ask(file, mayAsk, signal));
    this.#asked = unlocking.catch(() => undefined);
    this.#unlocked.set(file, unlocking);
    // a wait that was given up says nothing about the key
    const forget = (): void => void (signal?.aborted && this.#unlocked.delete(file));
    unlocking.then(forget, forget);
    return unlocking;
  }

  obstacle(file: string): Obstacle | undefined {
    return this.#obstacles.get(file);
  }

  async #ask(file: string, mayAsk: boolean, signal: AbortSignal | undefined): Promise<ParsedKey | undefined> {
    const locked = (why: string): undefined => {
      const what = `${file} has a passphrase and no agent holds it${why}`;
      this.#obstacles.set(file, { what, wayOut: `ssh-add ${file}` });
    };
    if (!mayAsk) return locked(' (BatchMode forbids to ask for it)');
    const text = await readFile(file, 'utf8');
    for (let tries = 0; tries < mostTries && !signal?.aborted; tries++) {
      const asked = await askPassphrase(`Enter passphrase for key '${file}': `, signal);
      if (asked.answer === undefined) {
        return locked(
          asked.why === 'nobody to ask'
            ? ' (there is no terminal to ask on, and no SSH_ASKPASS)'
            : '; it was not given',
        );
      }
      const key = parseKey(text, asked.answer);
      if (!(key instanceof Error)) return key;
    }
    return locked(`; ${mostTries} answers were wrong`);
  }
}
