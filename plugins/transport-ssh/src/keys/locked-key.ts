import ssh2, {
  type IdentityCallback,
  type ParsedKey,
  type SignCallback,
  type SigningRequestOptions,
} from 'ssh2';

/** A key whose passphrase is asked for when the machine has said that it takes the key, and so never for nothing. */
export class LockedKey extends ssh2.BaseAgent<ParsedKey> {
  readonly #publicKey: ParsedKey | undefined;
  readonly #unlock: () => Promise<ParsedKey | undefined>;

  /** Without the public half there is nothing to ask the machine about, and the passphrase comes first. */
  constructor(publicKey: ParsedKey | undefined, unlock: () => Promise<ParsedKey | undefined>) {
    super();
    this.#publicKey = publicKey;
    this.#unlock = unlock;
  }

  getIdentities(answer: IdentityCallback<ParsedKey>): void {
    if (this.#publicKey) answer(null, [this.#publicKey]);
    else this.#unlocked().then((key) => answer(null, [key]), answer);
  }

  sign(
    _key: ParsedKey,
    data: Buffer,
    options: SigningRequestOptions | SignCallback,
    answer?: SignCallback,
  ): void {
    const reply = (typeof options === 'function' ? options : answer)!;
    const hash = typeof options === 'function' ? undefined : options.hash;
    this.#unlocked().then((key) => {
      const signature: Buffer | Error = key.sign(data, hash);
      if (signature instanceof Error) reply(signature);
      else reply(null, signature);
    }, reply);
  }

  async #unlocked(): Promise<ParsedKey> {
    const key = await this.#unlock();
    if (key) return key;
    throw new Error('the key stayed locked');
  }
}
