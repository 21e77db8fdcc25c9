import { FarsimError, type LinkOptions } from '@farsim/core';
import { dialSsh } from './dial-ssh.ts';
import type { SshConnection } from './ssh-connection.ts';
import { mayAskAnother } from '../ssh-errors.ts';
import { KeyRing } from '../keys/key-ring.ts';
import type { SshSettings } from '../config/ssh-settings.ts';
import { untilAborted } from '../until-aborted.ts';

const mostConnections = 8;

/** The connections to one machine: one, kept, and more only while the machine refuses further sessions on those there are. */
export class SshConnections implements AsyncDisposable {
  readonly #settings: SshSettings;
  readonly #log: (line: string) => void;
  readonly #keys = new KeyRing();
  readonly #connections: SshConnection[] = [];
  readonly #closing = new AbortController();
  #closed = false;
  #dialling: Promise<SshConnection> | undefined;

  constructor(settings: SshSettings, log: (line: string) => void) {
    this.#settings = settings;
    this.#log = log;
  }

  /** Opens something on a connection that has room, dialling when there is none, or none may be trusted. Throws what dialling throws, CLOSED or INTERRUPTED. */
  async open<T>(
    ask: (connection: SshConnection) => Promise<T>,
    { signal, fresh }: LinkOptions = {},
  ): Promise<T> {
    this.#requireOpen(signal);
    if (fresh) for (const connection of this.#connections) connection.retire();
    return this.#open(
      (connection) => {
        const asking = ask(connection);
        return untilAborted(asking, signal, `asking ${this.#settings.name}`);
      },
      () => this.#dial(signal),
    );
  }

  /** As `open`, also while the transport closes: for what ends programs. */
  openToEnd<T>(ask: (connection: SshConnection) => Promise<T>): Promise<T> {
    return this.#open(ask, () => this.#add(this.#dialled()));
  }

  /** From now on `open` fails with CLOSED, but not `openToEnd`; a dial under way is stopped. */
  refuseMore(): void {
    this.#closing.abort();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.refuseMore();
    this.#closed = true;
    await this.#dialling?.catch(() => undefined);
    await Promise.all(this.#connections.map((connection) => connection[Symbol.asyncDispose]()));
  }

  async #open<T>(
    ask: (connection: SshConnection) => Promise<T>,
    dial: () => Promise<SshConnection>,
  ): Promise<T> {
    const passed = new Set<SshConnection>();
    for (;;) {
      const connection =
        this.#connections.find((candidate) => candidate.responsive && !passed.has(candidate)) ??
        (await dial());
      try {
        return await ask(connection);
      } catch (error) {
        // what may have been done is never done twice: a program would run twice
        if (!mayAskAnother(error)) throw error;
        passed.add(connection);
        if (passed.size > mostConnections) throw this.#noRoom(error);
      }
    }
  }

  async #dial(signal: AbortSignal | undefined): Promise<SshConnection> {
    this.#dialling ??= this.#add(this.#dialled(this.#closing.signal)).finally(() => {
      this.#dialling = undefined;
    });
    try {
      // the dial goes on for others that wait for it
      return await untilAborted(this.#dialling, signal, `connecting to ${this.#settings.name}`);
    } catch (error) {
      this.#requireOpen(signal);
      throw error;
    }
  }

  #dialled(signal?: AbortSignal): Promise<SshConnection> {
    return dialSsh(this.#settings, { keys: this.#keys, log: this.#log, signal });
  }

  async #add(dialling: Promise<SshConnection>): Promise<SshConnection> {
    const connection = await dialling;
    if (this.#closed) {
      await connection[Symbol.asyncDispose]();
      throw new FarsimError('CLOSED', `the transport to ${this.#settings.name} was closed`);
    }
    this.#connections.push(connection);
    void connection.closed.then(() => this.#connections.splice(this.#connections.indexOf(connection), 1));
    return connection;
  }

  #requireOpen(signal: AbortSignal | undefined): void {
    if (this.#closing.signal.aborted)
      throw new FarsimError('CLOSED', `the transport to ${this.#settings.name} was closed`);
    if (signal?.aborted)
      throw new FarsimError('INTERRUPTED', `stopped while connecting to ${this.#settings.name}`);
  }

  #noRoom(cause: unknown): FarsimError {
    return new FarsimError(
      'HOST_UNREACHABLE',
      `${this.#settings.name} lets nothing be opened: ${(cause as Error).message}`,
      { cause },
    );
  }
}
