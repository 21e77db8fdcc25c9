import { randomBytes } from 'node:crypto';
import type { ClientChannel } from 'ssh2';
import { PidLine } from './pid-line.ts';
import { quoteCommand, type RemoteCommandOptions } from './quote-command.ts';
import type { SshConnection } from './ssh-connection.ts';
import type { SshConnections } from './ssh-connections.ts';

const termMs = 1_000;
const killMs = 1_000;

/** Tells the program's number on standard error before the program takes the shell's place. */
const announce = 'echo "$0 $$" >&2; exec "$@"';
/** sshd makes each program the leader of a group; a wrapper may have put it into another. */
const killGroup = 'kill -s "$1" -- "-$2" 2> /dev/null || kill -s "$1" "$2"';

export interface ProgramEnd {
  readonly exitCode: number | null;
  readonly signal?: string;
  /** True when nobody told how it ended. */
  readonly lost: boolean;
}

/** A program at the other end of a session channel. */
export class SshProgram {
  readonly channel: ClientChannel;
  readonly connection: SshConnection;
  /** Resolves when the channel is closed: it ended and its output is complete, or the connection is gone. */
  readonly ended: Promise<ProgramEnd>;
  readonly #connections: SshConnections;
  readonly #pid: PidLine;
  #over = false;

  private constructor(
    channel: ClientChannel,
    connection: SshConnection,
    connections: SshConnections,
    pid: PidLine,
  ) {
    this.channel = channel;
    this.connection = connection;
    this.#connections = connections;
    this.#pid = pid;
    let end: ProgramEnd = { exitCode: null, lost: true };
    channel.on('exit', (exitCode: number | null, signal?: string) => {
      end = {
        exitCode,
        lost: false,
        ...(signal && { signal: signal.startsWith('SIG') ? signal : `SIG${signal}` }),
      };
    });
    this.ended = new Promise((resolve) => {
      channel.once('close', () => {
        this.#over = true;
        resolve(end);
      });
    });
  }

  /** Starts it on a connection that has room; `onStderr` gets what it writes to standard error. */
  static async start(
    connections: SshConnections,
    argv: readonly string[],
    options: RemoteCommandOptions & {
      readonly signal?: AbortSignal;
      readonly onStderr: (chunk: Uint8Array) => void;
    },
  ): Promise<SshProgram> {
    quoteCommand(argv);
    const tag = `farsim-program-${randomBytes(6).toString('hex')}`;
    const command = quoteCommand(['sh', '-c', announce, tag, ...argv], options);
    return connections.open(
      (connection) =>
        connection.exec(command, (channel) => {
          const pid = new PidLine(tag, options.onStderr);
          channel.stderr.on('data', (chunk: Buffer) => pid.push(chunk));
          channel.stderr.once('end', () => pid.end());
          return new SshProgram(channel, connection, connections, pid);
        }),
      options.signal,
    );
  }

  /**
   * Sends a signal to the program's group, by a `kill` in a session of its own: OpenSSH refuses to pass signals on for
   * root and for forced commands.
   */
  async signal(name: 'TERM' | 'KILL'): Promise<void> {
    const pid = await Promise.race([this.#pid.found, this.ended]);
    if (this.#over || typeof pid !== 'number' || !this.connection.alive) return;
    const command = quoteCommand(['sh', '-c', killGroup, 'sh', name, String(pid)]);
    await this.#connections.openToEnd((connection) =>
      connection.exec(command, (channel) => {
        channel.resume();
        channel.stderr.resume();
        channel.end();
      }),
    );
  }

  /** Resolves with its end, or undefined when it did not come within `ms`. */
  async endWithin(ms: number): Promise<ProgramEnd | undefined> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<undefined>((resolve) => (timer = setTimeout(() => resolve(undefined), ms)));
    const end = await Promise.race([this.ended, late]);
    clearTimeout(timer);
    return end;
  }

  /** SIGTERM, a second later SIGKILL; then the channel is closed, whatever the program does. */
  async end(): Promise<ProgramEnd> {
    for (const [name, ms] of [
      ['TERM', termMs],
      ['KILL', killMs],
    ] as const) {
      // a signal that cannot be delivered leaves the closed channel as the last means
      void this.signal(name).catch(() => undefined);
      const end = await this.endWithin(ms);
      if (end) return end;
    }
    this.channel.close();
    return (await this.endWithin(killMs)) ?? { exitCode: null, lost: true };
  }
}
