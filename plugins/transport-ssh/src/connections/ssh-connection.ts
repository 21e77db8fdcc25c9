import type { Duplex } from 'node:stream';
import type { FarsimError } from '@farsim/core';
import type { Client, ClientChannel } from 'ssh2';
import { lostConnection, neverAsked } from '../ssh-errors.ts';

const goodbyeMs = 1_000;
/** Keepalives are answered every 2 s. */
const silentMs = 2_500;

/**
 * One logged-in connection. It is `alive` until either side ends it or three keepalives go unanswered (6 to 8 s). What is
 * asked of it ends with an answer, or with LINK_LOST when it dies meanwhile: then nobody knows whether it was done.
 */
export class SshConnection implements AsyncDisposable {
  readonly name: string;
  /** Resolves when it is over. */
  readonly closed: Promise<void>;
  readonly #client: Client;
  readonly #bastion: SshConnection | undefined;
  #alive = true;
  #heard = performance.now();
  #cause: unknown;
  #idle: Promise<boolean> | undefined;
  #channels = 0;
  #retired = false;

  /** `socket` is what carries the client, and `bastion` the connection that carries the socket. */
  constructor(client: Client, socket: Duplex, name: string, bastion?: SshConnection) {
    this.#client = client;
    this.name = name;
    this.#bastion = bastion;
    socket.on('data', () => (this.#heard = performance.now()));
    client.on('error', (error) => (this.#cause ??= error));
    this.closed = new Promise((resolve) => {
      client.once('close', () => {
        this.#alive = false;
        resolve();
        void bastion?.[Symbol.asyncDispose]();
      });
    });
  }

  /** False when the machine has missed a keepalive, after which it may come back, and when nothing more shall be opened. */
  get responsive(): boolean {
    return this.#alive && !this.#retired && performance.now() - this.#heard < silentMs;
  }

  get alive(): boolean {
    return this.#alive;
  }

  /** What ended it, once it is over. */
  get loss(): FarsimError | undefined {
    return this.#alive ? undefined : lostConnection(this.name, this.#cause);
  }

  /** `take` gets the channel before anything can have happened on it: a program may end in the same breath. */
  exec<T>(command: string, take: (channel: ClientChannel) => T): Promise<T> {
    return this.#open((client, answer) => client.exec(command, answer), this.#counted(take));
  }

  forwardTcp(host: string, port: number): Promise<ClientChannel> {
    return this.#open(
      (client, answer) => client.forwardOut('127.0.0.1', 0, host, port, answer),
      this.#counted((channel) => channel),
    );
  }

  forwardUnix(path: string): Promise<ClientChannel> {
    return this.#open(
      (client, answer) => client.openssh_forwardOutStreamLocal(path, answer),
      this.#counted((channel) => channel),
    );
  }

  /** Keeps one session open that does nothing. False when the machine refuses it, which leaves the forwards slow. */
  holdIdleSession(): Promise<boolean> {
    const unheard = (channel: ClientChannel): true => {
      channel.resume();
      channel.stderr.resume();
      return true;
    };
    return (this.#idle ??= this.#open((client, answer) => client.exec('exec cat', answer), unheard).catch(
      () => false,
    ));
  }

  /** Opens nothing more on it; it ends with the last of its channels. */
  retire(): void {
    this.#retired = true;
    if (this.#channels === 0) void this[Symbol.asyncDispose]();
  }

  /** Ends it at once, without a word to the machine. */
  drop(): void {
    this.#cause ??= new Error('given up');
    this.#client.destroy();
    this.#bastion?.drop();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (!this.#alive) return;
    this.#cause ??= new Error('closed by this side');
    this.#client.end();
    const timer = setTimeout(() => this.#client.destroy(), goodbyeMs);
    await this.closed;
    clearTimeout(timer);
    await this.#bastion?.[Symbol.asyncDispose]();
  }

  #counted<T>(take: (channel: ClientChannel) => T): (channel: ClientChannel) => T {
    return (channel) => {
      this.#channels++;
      channel.once('close', () => {
        this.#channels--;
        if (this.#retired) this.retire();
      });
      return take(channel);
    };
  }

  #open<T>(
    ask: (client: Client, answer: (error: Error | undefined, channel: ClientChannel) => void) => unknown,
    take: (channel: ClientChannel) => T,
  ): Promise<T> {
    return new Promise((resolve, reject) => {
      try {
        ask(this.#client, (error, channel) => {
          if (!error) resolve(take(channel));
          else reject(this.#alive ? error : lostConnection(this.name, this.#cause));
        });
      } catch (error) {
        reject(neverAsked(error as Error, this.name));
      }
    });
  }
}
