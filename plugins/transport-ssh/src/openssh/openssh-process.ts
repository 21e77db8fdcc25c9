import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { FarsimError, OutputTail } from '@farsim/core';
import { opensshError } from './openssh-errors.ts';
import type { SshSettings } from '../config/ssh-settings.ts';

const saidBytes = 64 << 10;
const lookMs = 20;
const goodbyeMs = 1_000;
/** Ends ssh and its ProxyCommand when this process is gone and so its input; in the background, ssh is deaf to the terminal's Ctrl-C. */
const guard = `exec 3<&0
"$@" < /dev/null 3<&- & ssh=$!
{ cat <&3 > /dev/null; kill $(pgrep -P $ssh) $ssh; } 2> /dev/null &
wait $ssh`;

/** The ssh that holds a connection for others; it never outlives this process. */
export class OpensshProcess implements AsyncDisposable {
  readonly #socket: string;
  readonly #process: ChildProcess;
  readonly #exited: Promise<unknown>;
  readonly #said = new OutputTail(saidBytes);

  private constructor(command: readonly string[], name: string, socket: string) {
    this.#socket = socket;
    const words = [...command, '-v', '-M', '-N', '-S', socket, '--', name];
    this.#process = spawn('/bin/sh', ['-c', guard, 'sh', ...words], { stdio: ['pipe', 'ignore', 'pipe'] });
    this.#exited = once(this.#process, 'exit');
    this.#process.stderr!.on('data', (chunk: Uint8Array) => this.#said.push(chunk));
    this.#process.stdin!.on('error', () => undefined);
  }

  /** Logs in and listens at the socket. Throws HOST_UNREACHABLE, HOST_KEY_*, LOGIN_REFUSED or INTERRUPTED. */
  static async start(
    command: readonly string[],
    settings: SshSettings,
    socket: string,
    signal: AbortSignal | undefined,
  ): Promise<OpensshProcess> {
    const started = new OpensshProcess(command, settings.asked.host, socket);
    try {
      while (!existsSync(socket)) {
        if (signal?.aborted)
          throw new FarsimError('INTERRUPTED', `stopped while logging in on ${settings.name}`);
        if (!started.alive) throw opensshError(started.#said.text, settings);
        await Promise.race([sleep(lookMs), started.#exited]);
      }
      return started;
    } catch (error) {
      await started[Symbol.asyncDispose]();
      throw error;
    }
  }

  get alive(): boolean {
    return this.#process.exitCode === null && this.#process.signalCode === null;
  }

  /** Why it ended, as far as it said so. */
  get lastWords(): Error | undefined {
    const said = /Timeout, server \S+ not responding|Connection (?:reset|closed) by .*|Broken pipe/i;
    const [sentence] = said.exec(this.#said.text) ?? [];
    return sentence === undefined ? undefined : new Error(sentence.trim());
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#process.stdin!.end();
    if (this.alive) {
      const stubborn = setTimeout(() => this.#process.kill('SIGKILL'), goodbyeMs);
      await this.#exited;
      clearTimeout(stubborn);
    }
    this.#process.stderr!.destroy();
    await rm(this.#socket, { force: true });
  }
}
