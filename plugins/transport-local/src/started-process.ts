import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { once } from 'node:events';
import { stat } from 'node:fs/promises';
import { FarsimError } from '@farsim/core';

const termMs = 1_000;
const outputMs = 200;

export interface ProcessEnd {
  readonly exitCode: number | null;
  readonly signal?: string;
}

/** A program in a process group of its own. */
export class StartedProcess {
  readonly child: ChildProcessWithoutNullStreams;
  /** Resolves when it ended and its output is complete. */
  readonly ended: Promise<ProcessEnd>;
  #over = false;

  constructor(child: ChildProcessWithoutNullStreams) {
    this.child = child;
    this.ended = new Promise((resolve) => {
      child.once('close', (exitCode, signal) => {
        this.#over = true;
        resolve({ exitCode, ...(signal && { signal }) });
      });
    });
  }

  /** Sends a signal to the whole group; to nobody once it is over. */
  signal(name: NodeJS.Signals): void {
    if (this.#over) return;
    try {
      process.kill(-this.child.pid!, name);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
    }
  }

  /** A daemon that inherited the output would hold it open after the program is gone. */
  #letGoOfOutput(): void {
    const { child } = this;
    const letGo = (): void =>
      void setTimeout(() => {
        child.stdout.destroy();
        child.stderr.destroy();
      }, outputMs).unref();
    if (child.exitCode === null && child.signalCode === null) child.once('exit', letGo);
    else letGo();
  }

  /** SIGTERM, a second later SIGKILL. */
  async end(): Promise<ProcessEnd> {
    this.#letGoOfOutput();
    this.signal('SIGTERM');
    const timer = setTimeout(() => this.signal('SIGKILL'), termMs);
    try {
      return await this.ended;
    } finally {
      clearTimeout(timer);
    }
  }
}

export interface StartOptions {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
}

/** Starts a program without any shell. Returns how it would have ended, as a shell says it, when it cannot be run. */
export async function startProcess(
  argv: readonly string[],
  options: StartOptions = {},
): Promise<StartedProcess | { readonly exitCode: 126 | 127; readonly message: string }> {
  const [program, ...args] = argv;
  if (!program) throw new FarsimError('BAD_ARGUMENT', 'an empty list names no program');
  if (argv.some((argument) => argument.includes('\0')))
    throw new FarsimError('BAD_ARGUMENT', `an argument of ${program} holds a zero byte`);
  if (options.cwd !== undefined && !(await isFolder(options.cwd))) {
    throw new FarsimError('FILE_NOT_FOUND', `${options.cwd} is no folder, and ${program} was to run in it`);
  }
  const child = spawn(program, args, {
    ...(options.cwd !== undefined && { cwd: options.cwd }),
    env: { ...process.env, ...options.env },
    detached: true,
    stdio: 'pipe',
  });
  try {
    await once(child, 'spawn');
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    return { exitCode: code === 'ENOENT' ? 127 : 126, message };
  }
  return new StartedProcess(child);
}

async function isFolder(folder: string): Promise<boolean> {
  return stat(folder).then(
    (found) => found.isDirectory(),
    () => false,
  );
}
