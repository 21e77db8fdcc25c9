import { FarsimError } from '@farsim/core';
import type { Client, ClientChannel } from 'ssh2';
import { lostConnection } from './ssh-errors.ts';

const answerMs = 3_000;
const goodbyeMs = 1_000;

/**
 * One logged-in connection. It is `alive` until either side ends it or three keepalives go unanswered (6 to 8 s). What is
 * opened on it fails with LINK_LOST after 3 s without an answer; the connection and its channels are left to the keepalives.
 */
export class SshConnection implements AsyncDisposable {
  readonly name: string;
  /** Resolves when it is over. */
  readonly closed: Promise<void>;
  readonly #client: Client;
  readonly #bastion: SshConnection | undefined;
  #alive = true;
  #cause: unknown;
  #idle: Promise<void> | undefined;

  constructor(client: Client, name: string, bastion?: SshConnection) {
    this.#client = client;
    this.name = name;
    this.#bastion = bastion;
    client.on('error', (error) => (this.#cause ??= error));
    this.closed = new Promise((resolve) => {
      client.once('close', () => {
        this.#alive = false;
        resolve();
        void bastion?.[Symbol.asyncDispose]();
      });
    });
  }

  get alive(): boolean {
    return this.#alive;
  }

  /** What ended it, once it is over. */
  get loss(): FarsimError | undefined {
    return this.#alive ? undefined : lostConnection(this.name, this.#cause);
  }

  exec(command: string): Promise<ClientChannel> {
    return this.#open((client, answer) => client.exec(command, answer));
  }

  forwardTcp(host: string, port: number): Promise<ClientChannel> {
    return this.#open((client, answer) => client.forwardOut('127.0.0.1', 0, host, port, answer));
  }

  forwardUnix(path: string): Promise<ClientChannel> {
    return this.#open((client, answer) => client.openssh_forwardOutStreamLocal(path, answer));
  }

  /** Keeps one session open that does nothing; a machine that refuses it leaves the forwards slow. */
  holdIdleSession(): Promise<void> {
    return (this.#idle ??= this.exec('exec cat').then(
      (channel) => {
        channel.resume();
        channel.stderr.resume();
      },
      () => undefined,
    ));
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

  #open(
    ask: (client: Client, answer: (error: Error | undefined, channel: ClientChannel) => void) => unknown,
  ): Promise<ClientChannel> {
    if (!this.#alive) return Promise.reject(lostConnection(this.name, this.#cause));
    return new Promise((resolve, reject) => {
      let late = false;
      const timer = setTimeout(() => {
        late = true;
        reject(lostConnection(this.name, new Error(`it did not answer for ${answerMs / 1000} s`)));
      }, answerMs);
      ask(this.#client, (error, channel) => {
        clearTimeout(timer);
        if (late) channel?.close();
        else if (!error) resolve(channel);
        else reject(this.#alive ? error : lostConnection(this.name, this.#cause));
      });
    });
  }
}
