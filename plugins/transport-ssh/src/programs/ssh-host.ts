import {
  FarsimError,
  OutputTail,
  putFilesByShell,
  type FileTree,
  type Host,
  type LinkOptions,
  type RunOptions,
  type RunningProcess,
} from '@farsim/core';
import type { SshClient } from '../ssh-client.ts';
import { SshProgram } from './ssh-program.ts';

const outputBytes = 64 << 20;

/** The machine at the other end. Its programs end with it. */
export class SshHost implements Host, AsyncDisposable {
  readonly name: string;
  readonly local = false;
  readonly #client: SshClient;
  readonly #running = new Set<RunningProcess>();

  constructor(name: string, client: SshClient) {
    this.name = name;
    this.#client = client;
  }

  async run(argv: readonly string[], options: RunOptions = {}): Promise<RunningProcess> {
    const stdout = new OutputTail(outputBytes);
    const stderr = new OutputTail(outputBytes);
    const collect = (tail: OutputTail, stream: 'stdout' | 'stderr') => (chunk: Uint8Array) => {
      tail.push(chunk);
      options.onOutput?.(chunk, stream);
    };
    const program = await SshProgram.start(this.#client, argv, {
      ...options,
      onStderr: collect(stderr, 'stderr'),
    });
    const { session } = program;
    session.output.on('data', collect(stdout, 'stdout'));
    // a program may end without reading its input
    session.input.on('error', () => undefined);
    session.input.end(options.input);
    const stop = (): void => void program.end();
    options.signal?.addEventListener('abort', stop);
    if (options.signal?.aborted) stop();
    const finished = program.ended.then((end) => {
      options.signal?.removeEventListener('abort', stop);
      if (options.signal?.aborted) throw new FarsimError('INTERRUPTED', `${argv[0]} was stopped`);
      if (end.lost && session.loss) throw session.loss;
      const { exitCode, signal } = end;
      return {
        exitCode,
        ...(signal !== undefined && { signal }),
        stdout: stdout.bytes,
        stderr: stderr.bytes,
      };
    });
    const running: RunningProcess = {
      finished,
      end: () => void program.signal('TERM').catch(() => undefined),
      [Symbol.asyncDispose]: async () => void (await program.end()),
    };
    this.#running.add(running);
    const forget = (): void => void this.#running.delete(running);
    finished.then(forget, forget);
    return running;
  }

  upload(files: FileTree, directory: string, options: LinkOptions = {}): Promise<void> {
    return putFilesByShell(this, files, directory, options.signal);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([...this.#running].map((running) => running[Symbol.asyncDispose]()));
  }
}
