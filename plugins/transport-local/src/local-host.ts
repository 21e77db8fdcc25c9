import { homedir } from 'node:os';
import path from 'node:path';
import {
  FarsimError,
  OutputTail,
  type FileTree,
  type Host,
  type LinkOptions,
  type RunOptions,
  type RunningProcess,
} from '@farsim/core';
import { putFiles } from './put-files.ts';
import { startProcess } from './started-process.ts';

const outputBytes = 64 << 20;

/** This machine. Its programs end with it. */
export class LocalHost implements Host, AsyncDisposable {
  readonly name = 'local';
  readonly local = true;
  readonly #running = new Set<RunningProcess>();

  async run(argv: readonly string[], options: RunOptions = {}): Promise<RunningProcess> {
    const interrupted = new FarsimError('INTERRUPTED', `${argv[0]} was stopped`);
    if (options.signal?.aborted) throw interrupted;
    const started = await startProcess(argv, options);
    if ('message' in started) {
      const { exitCode, message } = started;
      const finished = Promise.resolve({ exitCode, stdout: new Uint8Array(), stderr: Buffer.from(message) });
      return { finished, end: () => undefined, [Symbol.asyncDispose]: async () => undefined };
    }
    const { child } = started;
    const stdout = new OutputTail(outputBytes);
    const stderr = new OutputTail(outputBytes);
    const collect = (tail: OutputTail, stream: 'stdout' | 'stderr') => (chunk: Uint8Array) => {
      tail.push(chunk);
      options.onOutput?.(chunk, stream);
    };
    child.stdout.on('data', collect(stdout, 'stdout'));
    child.stderr.on('data', collect(stderr, 'stderr'));
    // a program may end without reading its input
    child.stdin.on('error', () => undefined);
    child.stdin.end(options.input);
    const stop = (): void => void started.end();
    options.signal?.addEventListener('abort', stop);
    if (options.signal?.aborted) stop();
    const finished = started.ended.then((end) => {
      options.signal?.removeEventListener('abort', stop);
      if (options.signal?.aborted) throw interrupted;
      return { ...end, stdout: stdout.bytes, stderr: stderr.bytes };
    });
    const running: RunningProcess = {
      finished,
      end: () => started.signal('SIGTERM'),
      [Symbol.asyncDispose]: async () => void (await started.end()),
    };
    this.#running.add(running);
    const forget = (): void => void this.#running.delete(running);
    finished.then(forget, forget);
    return running;
  }

  async upload(files: FileTree, directory: string, options: LinkOptions = {}): Promise<void> {
    const folder =
      directory === '~' || directory.startsWith('~/')
        ? path.join(homedir(), directory.slice(1))
        : path.resolve(directory);
    await putFiles(files, folder, options.signal);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([...this.#running].map((running) => running[Symbol.asyncDispose]()));
  }
}
