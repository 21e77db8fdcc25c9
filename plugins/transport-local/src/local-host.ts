import { homedir } from 'node:os';
import path from 'node:path';
import {
  FarsimError,
  RunningPrograms,
  type FileTree,
  type Host,
  type LinkOptions,
  type RunOptions,
  type RunningProcess,
} from '@farsim/core';
import { putFiles } from './put-files.ts';
import { startProcess } from './started-process.ts';

/** This machine. Its programs end with it. */
export class LocalHost implements Host, AsyncDisposable {
  readonly name = 'local';
  readonly local = true;
  readonly #programs = new RunningPrograms();

  async run(argv: readonly string[], options: RunOptions = {}): Promise<RunningProcess> {
    if (options.signal?.aborted) throw new FarsimError('INTERRUPTED', `${argv[0]} was stopped`);
    const started = await startProcess(argv, options);
    if ('message' in started) {
      const { exitCode, message } = started;
      const finished = Promise.resolve({ exitCode, stdout: new Uint8Array(), stderr: Buffer.from(message) });
      return { finished, end: () => undefined, [Symbol.asyncDispose]: async () => undefined };
    }
    const { child, ended } = started;
    return this.#programs.follow(argv, options, async (onErrors) => {
      child.stderr.on('data', onErrors);
      return {
        input: child.stdin,
        output: child.stdout,
        ended,
        terminate: () => started.signal('SIGTERM'),
        end: () => started.end(),
      };
    });
  }

  async upload(files: FileTree, directory: string, options: LinkOptions = {}): Promise<void> {
    const folder =
      directory === '~' || directory.startsWith('~/')
        ? path.join(homedir(), directory.slice(1))
        : path.resolve(directory);
    await putFiles(files, folder, options.signal);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#programs[Symbol.asyncDispose]();
  }
}
