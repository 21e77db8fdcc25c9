import { execFile, spawn, type ChildProcess } from 'node:child_process';
import type { EventEmitter } from 'node:events';
import { rm } from 'node:fs/promises';
import { promisify } from 'node:util';
import { FarsimError, type SocketAddress } from '@farsim/core';
import { opensshCommand, throughConnection } from './openssh-arguments.ts';
import { OpensshProcess } from './openssh-process.ts';
import { newSocketPath } from './socket-folder.ts';
import { lostConnection } from '../ssh-errors.ts';
import type { SshSettings } from '../config/ssh-settings.ts';

const run = promisify(execFile);

/** A connection of the system's ssh that others share through a socket: one of our own, or one that the user keeps open. */
export class OpensshMaster implements AsyncDisposable {
  /** Words that run an ssh over it; `--`, `name` and a command may follow. */
  readonly command: readonly [string, ...string[]];
  /** The machine, as ssh knows it. */
  readonly name: string;
  readonly #settings: SshSettings;
  readonly #process: OpensshProcess | undefined;
  readonly #hop: OpensshMaster | undefined;
  readonly #forwards = new Map<string, Promise<string>>();
  #gone = false;
  #used = 0;
  #retired = false;
  #idle: ChildProcess | undefined;

  private constructor(
    settings: SshSettings,
    command: readonly [string, ...string[]],
    process?: OpensshProcess,
    hop?: OpensshMaster,
  ) {
    this.#settings = settings;
    this.#process = process;
    this.#hop = hop;
    this.name = settings.asked.host;
    this.command = [...command, '-o', 'ControlMaster=no'];
  }

  /**
   * Logs in; ssh itself asks on the terminal for what it needs. Goes through `hop` when there is one, and owns it. Throws
   * HOST_UNREACHABLE, HOST_KEY_*, LOGIN_REFUSED, PATH_REFUSED or INTERRUPTED.
   */
  static async dial(
    settings: SshSettings,
    hop: OpensshMaster | undefined,
    signal: AbortSignal | undefined,
  ): Promise<OpensshMaster> {
    const way = hop ? throughConnection(hop.command, hop.name) : [];
    const command = [...opensshCommand(settings), ...way] as [string, ...string[]];
    const socket = await newSocketPath();
    const process = await OpensshProcess.start(command, settings, socket, signal);
    return new OpensshMaster(settings, [...command, '-S', socket], process, hop);
  }

  /** The connection that the user's ControlMaster holds open, with the second factor already given; undefined when there is none. */
  static async borrow(settings: SshSettings): Promise<OpensshMaster | undefined> {
    const master = new OpensshMaster(settings, opensshCommand(settings));
    return (await master.check()) ? master : undefined;
  }

  /** True when it is the user's, and stays. */
  get borrowed(): boolean {
    return this.#process === undefined;
  }

  get alive(): boolean {
    return !this.#gone && (this.#process?.alive ?? true);
  }

  get loss(): FarsimError | undefined {
    return this.alive ? undefined : lostConnection(this.#settings.name, this.#process?.lastWords);
  }

  /** Asks it whether it is still there. */
  async check(): Promise<boolean> {
    const answers = await this.#ask(['-O', 'check']).then(
      () => true,
      () => false,
    );
    this.#gone ||= !answers;
    return answers;
  }

  /** Counts what runs over it until `end` emits `close`. */
  use(end: EventEmitter): void {
    this.#used++;
    end.once('close', () => {
      this.#used--;
      if (this.#retired) this.retire();
    });
  }

  /** It ends with the last of what runs over it. */
  retire(): void {
    this.#retired = true;
    if (this.#used === 0) void this[Symbol.asyncDispose]();
  }

  /** Keeps one session open that does nothing; `onRefused` is called when the machine takes none. */
  holdIdleSession(onRefused: () => void): void {
    if (this.#idle) return;
    const [program, ...words] = this.command;
    // where it cannot share the connection, it must not make one of its own
    const idle = ['-o', 'ProxyCommand=false', ...words, '--', this.name, 'exec cat'];
    this.#idle = spawn(program, idle, { detached: true, stdio: ['pipe', 'ignore', 'pipe'] });
    this.#idle.on('error', onRefused);
    this.#idle.stdin!.on('error', () => undefined);
    this.#idle.stderr!.on('data', (chunk: Buffer) => {
      if (chunk.includes('refused')) onRefused();
    });
  }

  /** A socket here that leads to one there. Throws HOST_UNREACHABLE. */
  forward(where: SocketAddress): Promise<string> {
    const there =
      where.kind === 'unix'
        ? where.path
        : `${where.host.includes(':') ? `[${where.host}]` : where.host}:${where.port}`;
    const known = this.#forwards.get(there);
    if (known) return known;
    const opening = this.#forward(there);
    this.#forwards.set(there, opening);
    opening.catch(() => this.#forwards.delete(there));
    return opening;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#idle?.stdin!.end();
    for (const [there, forward] of this.#forwards) {
      const here = await forward.catch(() => undefined);
      if (here === undefined) continue;
      await this.#ask(['-O', 'cancel', '-L', `${here}:${there}`]).catch(() => undefined);
      await rm(here, { force: true });
    }
    await this.#process?.[Symbol.asyncDispose]();
    await this.#hop?.[Symbol.asyncDispose]();
  }

  async #forward(there: string): Promise<string> {
    const here = await newSocketPath();
    try {
      await this.#ask(['-O', 'forward', '-L', `${here}:${there}`]);
      return here;
    } catch (error) {
      const said = (error as { stderr?: string }).stderr?.trim();
      throw (
        this.loss ??
        new FarsimError('HOST_UNREACHABLE', `${there} on ${this.#settings.name}: ${said}`, { cause: error })
      );
    }
  }

  async #ask(request: readonly string[]): Promise<void> {
    const [program, ...words] = this.command;
    await run(program, [...words, ...request, '--', this.name]);
  }
}
