import type { Readable, Writable } from 'node:stream';
import { FarsimError } from '../model/errors.ts';
import type { FinishedProcess, RunOptions, RunningProcess } from '../ports/transport.ts';
import { OutputTail } from './output-tail.ts';

const outputBytes = 64 << 20;

/** A program that a host has just started. */
export interface StartedProgram {
  readonly input: Writable;
  readonly output: Readable;
  /** Resolves when it ended and its output is complete; rejects with what became of it where nobody told. */
  readonly ended: Promise<Pick<FinishedProcess, 'exitCode' | 'signal'>>;
  /** Asks it to end. */
  terminate(): void;
  /** Ends it, by force where it does not go. */
  end(): Promise<unknown>;
}

/** The programs that run on a host: what they say is kept, up to 64 MiB each way, and they end with their signal, or with the host. */
export class RunningPrograms implements AsyncDisposable {
  readonly #running = new Set<RunningProcess>();

  /** Gives the program its input and follows it to its end; `start` hands what it writes to standard error to `onErrors`. An abort ends it: INTERRUPTED. */
  async follow(
    argv: readonly string[],
    { input, signal, onOutput }: RunOptions,
    start: (onErrors: (chunk: Uint8Array) => void) => Promise<StartedProgram>,
  ): Promise<RunningProcess> {
    const stdout = new OutputTail(outputBytes);
    const stderr = new OutputTail(outputBytes);
    const collect = (tail: OutputTail, stream: 'stdout' | 'stderr') => (chunk: Uint8Array) => {
      tail.push(chunk);
      onOutput?.(chunk, stream);
    };
    const program = await start(collect(stderr, 'stderr'));
    program.output.on('data', collect(stdout, 'stdout'));
    // a program may end without reading its input
    program.input.on('error', () => undefined);
    program.input.end(input);
    const stop = (): void => void program.end();
    signal?.addEventListener('abort', stop);
    if (signal?.aborted) stop();
    const finish = async (): Promise<FinishedProcess> => {
      try {
        const end = await program.ended;
        if (!signal?.aborted) return { ...end, stdout: stdout.bytes, stderr: stderr.bytes };
      } catch (error) {
        if (!signal?.aborted) throw error;
      } finally {
        signal?.removeEventListener('abort', stop);
      }
      throw new FarsimError('INTERRUPTED', `${argv[0]} was stopped`);
    };
    const running: RunningProcess = {
      finished: finish(),
      end: () => program.terminate(),
      [Symbol.asyncDispose]: async () => void (await program.end()),
    };
    this.#running.add(running);
    const forget = (): void => void this.#running.delete(running);
    running.finished.then(forget, forget);
    return running;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([...this.#running].map((running) => running[Symbol.asyncDispose]()));
  }
}
