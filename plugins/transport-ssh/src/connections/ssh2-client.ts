import type { LinkOptions, SocketAddress } from '@farsim/core';
import type { ClientChannel } from 'ssh2';
import type { FarSession, ForwardedStream, ProgramEnd, SshClient, StartOptions } from '../ssh-client.ts';
import type { SshConnection } from './ssh-connection.ts';
import { SshConnections } from './ssh-connections.ts';
import { forwardError } from '../ssh-errors.ts';
import type { SshSettings } from '../config/ssh-settings.ts';

/** SSH in JavaScript, by the package ssh2. */
export class Ssh2Client implements SshClient {
  readonly replaces = true;
  readonly #connections: SshConnections;
  readonly #name: string;

  constructor(settings: SshSettings, log: (line: string) => void) {
    this.#name = settings.name;
    this.#connections = new SshConnections(settings, log);
  }

  start<T>(command: string, take: (session: FarSession) => T, options: StartOptions): Promise<T> {
    const ask = (connection: SshConnection): Promise<T> =>
      connection.exec(command, (channel) => take(sessionOf(channel, connection)));
    return options.toEnd ? this.#connections.openToEnd(ask) : this.#connections.open(ask, options);
  }

  forward(where: SocketAddress, options: LinkOptions): Promise<ForwardedStream> {
    return this.#connections.open(async (connection) => {
      // sshd turns Nagle off on a connection only once a session was opened on it: 44 ms against 0.4 for 64 KiB
      await connection.holdIdleSession();
      const opening =
        where.kind === 'unix'
          ? connection.forwardUnix(where.path)
          : connection.forwardTcp(where.host, where.port);
      return opening.then(
        (stream) => ({ stream, loss: () => connection.loss }),
        (error: unknown) => {
          throw forwardError(error as Error, where, this.#name);
        },
      );
    }, options);
  }

  refuseMore(): void {
    this.#connections.refuseMore();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#connections[Symbol.asyncDispose]();
  }
}

function sessionOf(channel: ClientChannel, connection: SshConnection): FarSession {
  let end: ProgramEnd = { exitCode: null, lost: true };
  channel.on('exit', (exitCode: number | null, signal?: string) => {
    end = {
      exitCode,
      lost: false,
      ...(signal && { signal: signal.startsWith('SIG') ? signal : `SIG${signal}` }),
    };
  });
  return {
    input: channel,
    output: channel,
    errors: channel.stderr,
    ended: new Promise((resolve) => channel.once('close', () => resolve(end))),
    get loss() {
      return connection.loss;
    },
    close: () => channel.close(),
  };
}
