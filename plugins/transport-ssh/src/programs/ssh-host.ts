import {
  RunningPrograms,
  putFilesByShell,
  type FileTree,
  type Host,
  type LinkOptions,
  type RunOptions,
  type RunningProcess,
} from '@farsim/core';
import type { SshClient } from '../ssh-client.ts';
import { SshProgram } from './ssh-program.ts';

/** The machine at the other end. Its programs end with it. */
export class SshHost implements Host, AsyncDisposable {
  readonly name: string;
  readonly local = false;
  readonly #client: SshClient;
  readonly #programs = new RunningPrograms();

  constructor(name: string, client: SshClient) {
    this.name = name;
    this.#client = client;
  }

  run(argv: readonly string[], options: RunOptions = {}): Promise<RunningProcess> {
    return this.#programs.follow(argv, options, async (onStderr) => {
      const program = await SshProgram.start(this.#client, argv, { ...options, onStderr });
      const { session } = program;
      const ended = program.ended.then(({ lost, ...end }) => {
        if (lost && session.loss) throw session.loss;
        return end;
      });
      return {
        input: session.input,
        output: session.output,
        ended,
        terminate: () => void program.signal('TERM').catch(() => undefined),
        end: () => program.end(),
      };
    });
  }

  upload(files: FileTree, directory: string, options: LinkOptions = {}): Promise<void> {
    return putFilesByShell(this, files, directory, options.signal);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#programs[Symbol.asyncDispose]();
  }
}
