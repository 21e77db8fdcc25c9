import { createHash } from 'node:crypto';
import { closeSync, fsyncSync, openSync, writeSync } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { FarsimError } from '../../model/errors.ts';
import type { DetachedSession, FarDescription, FarRunProgress } from '../../ports/detached-session.ts';
import type { FileTree } from '../../ports/simulator.ts';
import type { FinishedProcess, Host } from '../../ports/transport.ts';
import { jsonLine } from '../../session/json-line.ts';
import { bridgeLine } from '../hosts/ask-bridge.ts';
import { enterHost } from '../hosts/enter-host.ts';

/** One file of a recording there that does not change any more. */
export interface FarFile {
  /** Relative to the recording's folder. */
  readonly name: string;
  readonly bytes: number;
  readonly sha256: string;
}

/** How a detached run stands. */
export interface FarRunState {
  readonly running: boolean;
  /** While it runs; without numbers before its first round. */
  readonly run: Partial<FarRunProgress> | null;
  /** How the session ended, where its machine knows. */
  readonly ended: FarEnd | null;
  /** What the loop said at its end; a loop that was killed said nothing. */
  readonly outcome: FarOutcome | null;
  readonly description: FarDescription | null;
  readonly folder: string;
  readonly files: readonly FarFile[];
  /** What its client wrote of it, by file name, where that was asked for. */
  readonly near?: Readonly<Record<string, string>>;
}

export interface FarEnd {
  readonly reason: string;
  /** 0: asked to end; 7: its lease was over. */
  readonly status: number;
  readonly crash: Readonly<Record<string, unknown>> | null;
}

export interface FarOutcome {
  readonly reason: 'finished' | 'interrupted' | 'failed';
  readonly error?: Readonly<Record<string, unknown>>;
  readonly wallSeconds: number;
  readonly times: { readonly reset?: FarTimes; readonly step?: FarTimes };
}

/** Seconds that calls took on the far machine alone. */
export interface FarTimes {
  readonly count: number;
  readonly mean: number;
  readonly p50: number;
  readonly p99: number;
  readonly max: number;
}

type Place = Pick<DetachedSession, 'session' | 'enter' | 'command'> &
  Partial<Pick<DetachedSession, 'folder'>>;

/** What a detached run records on its machine, as seen from here. */
export class FarRecording {
  readonly #host: Host;
  readonly #place: Place;
  #enter: readonly string[];

  constructor(host: Host, place: Place) {
    this.#host = host;
    this.#place = place;
    this.#enter = place.enter;
  }

  /** Words that run its verbs, the way in left out. */
  get #bridge(): readonly string[] {
    return this.#place.command.slice(this.#place.enter.length);
  }

  /** How the run stands, and its finished files but the `known` ones. Throws SESSION_EXPIRED when nothing of it is there. */
  async look(
    { known, near = false }: { readonly known: readonly string[] | 'all'; readonly near?: boolean },
    signal?: AbortSignal,
  ): Promise<FarRunState> {
    return (await this.#ask([], { known, ...(near && { near }) }, signal)) as unknown as FarRunState;
  }

  /** Puts files of its client beside the recording in `folder` there. Throws UPLOAD_FAILED. */
  async keep(files: FileTree, folder: string, signal?: AbortSignal): Promise<void> {
    const there = enterHost(this.#host, this.#enter);
    await there.upload(files, `${folder}/near`, { ...(signal && { signal }) });
  }

  /** The last `lines` of the simulator's log; empty where nobody knows it any more. */
  async log(lines: number, signal?: AbortSignal): Promise<Uint8Array> {
    const { session } = this.#place;
    const words = [...this.#enter, ...this.#bridge, 'logs', session, '-n', String(lines)];
    const { exitCode, stdout } = await (await this.#host.run(words, signal && { signal })).finished;
    return exitCode === 0 ? stdout : new Uint8Array();
  }

  /** Removes it there. Throws BUSY while the run goes on. */
  async forget(): Promise<void> {
    await this.#ask(['--forget'], {});
  }

  /** Writes a file's bytes to `target`, whole or not at all. Throws LINK_LOST when they are not those that the machine told of. */
  async fetch(file: FarFile, from: string, target: string, signal?: AbortSignal): Promise<void> {
    const part = `${target}.part`;
    const hash = createHash('sha256');
    const disk = openPart(part);
    let bytes = 0;
    let fault: unknown;
    const take = (chunk: Uint8Array): void => {
      if (fault !== undefined) return;
      try {
        // at once: nothing piles up when the disk is slower than the link
        writeSync(disk, chunk);
        hash.update(chunk);
        bytes += chunk.length;
      } catch (error) {
        fault = error;
      }
    };
    let said = '';
    try {
      const process = await this.#host.run([...this.#enter, 'cat', `${from}/${file.name}`], {
        ...(signal && { signal }),
        onOutput: (chunk, stream) => (stream === 'stdout' ? take(chunk) : undefined),
      });
      said = Buffer.from((await process.finished).stderr)
        .toString('utf8')
        .trim();
      if (fault === undefined) fsyncSync(disk);
    } finally {
      closeSync(disk);
    }
    if (fault !== undefined) throw diskError(part, fault);
    if (hash.digest('hex') === file.sha256) {
      await rename(part, target);
      return;
    }
    await rm(part, { force: true });
    throw new FarsimError(
      'LINK_LOST',
      `${file.name} came with ${bytes} bytes of ${file.bytes}, and not as ${this.#host.name} has it${said && `: ${said}`}`,
      { suggestions: ['fetch it again: what came whole is kept'] },
    );
  }

  async #ask(
    words: readonly string[],
    order: object,
    signal?: AbortSignal,
  ): Promise<Record<string, unknown>> {
    const { session, folder } = this.#place;
    const bridge = this.#bridge;
    const ask = async (): Promise<FinishedProcess> => {
      const process = await this.#host.run([...this.#enter, ...bridge, 'recorded', session, ...words], {
        input: JSON.stringify({ ...order, ...(folder !== undefined && { folder }) }),
        ...(signal && { signal }),
      });
      return process.finished;
    };
    let answer = await ask();
    if (this.#enter.length > 0 && jsonLine(Buffer.from(answer.stdout).toString('utf8')) === undefined) {
      // a job that is over cannot be entered; what it wrote may lie in a home that this host has, too
      this.#enter = [];
      answer = await ask();
    }
    return bridgeLine(
      answer,
      (said) => new FarsimError('INTERNAL', `the bridge on ${this.#host.name} told nothing ${said}`),
    );
  }
}

function openPart(part: string): number {
  try {
    return openSync(part, 'w');
  } catch (error) {
    throw diskError(part, error);
  }
}

function diskError(file: string, error: unknown): FarsimError {
  return new FarsimError('DISK_FULL', `${file} cannot be written: ${(error as Error).message}`, {
    cause: error,
  });
}
