import ssh2, {
  type IdentityCallback,
  type ParsedKey,
  type SignCallback,
  type SigningRequestOptions,
} from 'ssh2';

/** Offers some of the keys that an agent holds; the agent signs. */
export class AgentKeys extends ssh2.BaseAgent<ParsedKey> {
  readonly keys: ParsedKey[];
  readonly #agent: ssh2.BaseAgent<ParsedKey>;

  constructor(agent: ssh2.BaseAgent<ParsedKey>, keys: ParsedKey[]) {
    super();
    this.#agent = agent;
    this.keys = keys;
  }

  /** All keys of the agent behind the socket; none when nobody answers there. */
  static async of(socket: string): Promise<AgentKeys> {
    const agent = ssh2.createAgent(socket) as ssh2.BaseAgent<ParsedKey>;
    const keys = await new Promise<ParsedKey[]>((resolve) => {
      agent.getIdentities((error, found) => resolve(error ? [] : ((found ?? []) as ParsedKey[])));
    });
    return new AgentKeys(agent, keys);
  }

  /** The same agent with only the keys that `choose` picks. */
  only(choose: (key: ParsedKey) => boolean): AgentKeys {
    return new AgentKeys(this.#agent, this.keys.filter(choose));
  }

  getIdentities(answer: IdentityCallback<ParsedKey>): void {
    answer(null, this.keys);
  }

  sign(
    key: ParsedKey,
    data: Buffer,
    options: SigningRequestOptions | SignCallback,
    answer?: SignCallback,
  ): void {
    if (typeof options === 'function') this.#agent.sign(key, data, options);
    else this.#agent.sign(key, data, options, answer);
  }
}
