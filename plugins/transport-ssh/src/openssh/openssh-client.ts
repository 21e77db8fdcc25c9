import { spawn } from 'node:child_process';
import { once } from 'node:events';
import net from 'node:net';
import { FarsimError, type LinkOptions, type SocketAddress } from '@farsim/core';
import { OpensshMaster } from './openssh-master.ts';
import { opensshSession } from './openssh-session.ts';
import type { FarSession, ForwardedStream, SshClient, StartOptions } from '../ssh-client.ts';
import type { SshSettings } from '../config/ssh-settings.ts';
import { untilAborted } from '../until-aborted.ts';

/**
 * SSH by the system's client: one process holds the connection and the others share it. A machine that refuses a further
 * session gets a connection of its own for it.
 */
export class OpensshClient implements SshClient {
  readonly replaces = false;
  readonly #settings: SshSettings;
  readonly #log: (line: string) => void;
  readonly #closing = new AbortController();
  readonly #retired = new Set<OpensshMaster>();
  #master: OpensshMaster | undefined;
  #mayBorrow = true;
  #dialling: Promise<OpensshMaster> | undefined;

  constructor(settings: SshSettings, log: (line: string) => void) {
    this.#settings = settings;
    this.#log = log;
  }

  async start<T>(command: string, take: (session: FarSession) => T, options: StartOptions): Promise<T> {
    const master = await this.#connected(options);
    const [program, ...words] = master.command;
    // in a session of its own: Ctrl-C on the terminal is this process's to answer
    const child = spawn(program, [...words, '--', master.name, command], { detached: true, stdio: 'pipe' });
    master.use(child);
    const taken = take(opensshSession(child, master, this.#settings));
    await once(child, 'spawn');
    return taken;
  }

  async forward(where: SocketAddress, options: LinkOptions): Promise<ForwardedStream> {
    const master = await this.#connected(options);
    master.holdIdleSession(() => this.#tellOfSlowness(this.#settings.name));
    const path = await untilAborted(master.forward(where), options.signal, `reaching ${this.#settings.name}`);
    const stream = net.connect({ path });
    master.use(stream);
    await once(stream, 'connect');
    return { stream, loss: () => master.loss };
  }

  refuseMore(): void {
    this.#closing.abort();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.refuseMore();
    await this.#dialling?.catch(() => undefined);
    const masters = [...this.#retired, ...(this.#master ? [this.#master] : [])];
    await Promise.all(masters.map((master) => master[Symbol.asyncDispose]()));
  }

  async #connected({ signal, fresh, toEnd }: StartOptions): Promise<OpensshMaster> {
    if (!toEnd) this.#requireOpen(signal);
    if (fresh) this.#retire();
    if (this.#master?.alive) return this.#master;
    if (toEnd && this.#closing.signal.aborted) throw this.#closed();
    this.#dialling ??= this.#dial().finally(() => (this.#dialling = undefined));
    try {
      return await untilAborted(this.#dialling, signal, `connecting to ${this.#settings.name}`);
    } catch (error) {
      this.#requireOpen(signal);
      throw error;
    }
  }

  /** What runs over it goes on as long as it can. */
  #retire(): void {
    const master = this.#master;
    this.#master = undefined;
    if (!master) return;
    if (master.borrowed) this.#mayBorrow = false;
    for (const ended of this.#retired) if (!ended.alive) this.#retired.delete(ended);
    this.#retired.add(master);
    master.retire();
  }

  async #dial(): Promise<OpensshMaster> {
    this.#retire();
    if (this.#mayBorrow) this.#master = await OpensshMaster.borrow(this.#settings);
    if (this.#master) return this.#master;
    let last: OpensshMaster | undefined;
    try {
      for (const stop of [...this.#settings.hops, this.#settings]) {
        const hop = last;
        // sshd turns Nagle off on a connection only once a session was opened on it
        hop?.holdIdleSession(() => this.#tellOfSlowness(hop.name));
        last = await OpensshMaster.dial(stop, hop, this.#closing.signal);
      }
      this.#master = last!;
      return this.#master;
    } catch (error) {
      await last?.[Symbol.asyncDispose]();
      throw error;
    }
  }

  #tellOfSlowness(name: string): void {
    this.#log(`${name} refuses a session: replies through it may wait 40 ms for each other`);
  }

  #requireOpen(signal: AbortSignal | undefined): void {
    if (this.#closing.signal.aborted) throw this.#closed();
    if (signal?.aborted)
      throw new FarsimError('INTERRUPTED', `stopped while connecting to ${this.#settings.name}`);
  }

  #closed(): FarsimError {
    return new FarsimError('CLOSED', `the transport to ${this.#settings.name} was closed`);
  }
}
