import { randomBytes } from 'node:crypto';
import type { LinkOptions } from '@farsim/core';
import { PidLine } from './pid-line.ts';
import { programTag } from './program-tag.ts';
import { quoteCommand, type RemoteCommandOptions } from './quote-command.ts';
import type { FarSession, ProgramEnd, SshClient } from '../ssh-client.ts';

const termMs = 1_000;
/** What ssh says when a signal reached the shell beside the program, too. */
const endedWithItsShell = 255;
const killMs = 1_000;

/** Tells the program's number on standard error before the program takes the shell's place, or the shell's own when it stays. */
const announce = { andLeave: 'echo "$0 $$" >&2; exec "$@"', andStay: 'echo "$0 $$" >&2; "$@"; exit $?' };
/** sshd makes each program the leader of a group; a wrapper may have put it into another. */
const killGroup = 'kill -s "$1" -- "-$2" 2> /dev/null || kill -s "$1" "$2"';

/** A program on the far machine. */
export class SshProgram {
  readonly session: FarSession;
  /** Resolves when it ended and its output is complete, or the connection is gone. */
  readonly ended: Promise<ProgramEnd>;
  readonly #client: SshClient;
  readonly #pid: PidLine;
  #over = false;
  #sent: string | undefined;

  private constructor(session: FarSession, client: SshClient, pid: PidLine) {
    this.session = session;
    this.#client = client;
    this.#pid = pid;
    this.ended = session.ended.then((end) => {
      this.#over = true;
      const bySignal = end.exitCode === endedWithItsShell && !client.replaces;
      return bySignal && this.#sent ? { exitCode: null, signal: this.#sent, lost: false } : end;
    });
  }

  /** Starts it; `onStderr` gets what it writes to standard error. Throws BAD_ARGUMENT and what the client throws. */
  static async start(
    client: SshClient,
    argv: readonly string[],
    options: RemoteCommandOptions &
      LinkOptions & {
        readonly onStderr: (chunk: Uint8Array) => void;
      },
  ): Promise<SshProgram> {
    quoteCommand(argv);
    const tag = `${programTag}${randomBytes(6).toString('hex')}`;
    const script = client.replaces ? announce.andLeave : announce.andStay;
    const command = quoteCommand(['sh', '-c', script, tag, ...argv], options);
    const take = (session: FarSession): SshProgram => {
      const pid = new PidLine(tag, options.onStderr);
      session.errors.on('data', (chunk: Buffer) => pid.push(chunk));
      session.errors.once('end', () => pid.end());
      const program = new SshProgram(session, client, pid);
      // it came too late for who wanted it
      if (options.signal?.aborted) void program.end();
      return program;
    };
    return client.start(command, take, options);
  }

  /**
   * Sends a signal to the program's group, by a `kill` in a session of its own: OpenSSH refuses to pass signals on for
   * root and for forced commands.
   */
  async signal(name: 'TERM' | 'KILL'): Promise<void> {
    const pid = await Promise.race([this.#pid.found, this.ended]);
    if (this.#over || typeof pid !== 'number' || this.session.loss) return;
    this.#sent = `SIG${name}`;
    const command = quoteCommand(['sh', '-c', killGroup, 'sh', name, String(pid)]);
    const unheard = (session: FarSession): void => {
      session.output.resume();
      session.errors.resume();
      session.input.end();
    };
    await this.#client.start(command, unheard, { toEnd: true });
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
    this.session.close();
    return (await this.endWithin(killMs)) ?? { exitCode: null, lost: true };
  }
}
