import {
  FarsimError,
  makeFolder,
  type Action,
  type Frame,
  type Mark,
  type Recorder,
  type RoundHeader,
  type RoundSummary,
  type Want,
} from '@farsim/core';
import path from 'node:path';
import { recordingError } from './disk-errors.ts';
import { lockRun } from './run/run-lock.ts';
import { emptyIndex, readIndex, roundFile, writeIndex, type RunIndex } from './run/run-index.ts';
import { RoundWriter } from './writer/round-writer.ts';

const indexEveryMs = 1000;

export interface RunRecorderOptions {
  /** The run's folder; it may hold earlier rounds, which are kept. */
  readonly folder: string;
  /** What frames shall hold; default the state, with body poses at each episode's start. */
  readonly needs?: Want;
}

/**
 * Opens a recorder that writes a run's rounds. Throws DISK_FULL or RECORDING_FAILED when the folder cannot be made, BUSY
 * while another process writes there.
 */
export async function openRunRecorder(options: RunRecorderOptions): Promise<RunRecorder> {
  try {
    await makeFolder(path.resolve(options.folder, 'rounds'));
  } catch (error) {
    throw recordingError(error, options.folder);
  }
  const lock = lockRun(options.folder);
  try {
    const earlier = (await readIndex(options.folder)) ?? emptyIndex;
    return new RunRecorder(options, { ...earlier, closed: false }, lock);
  } catch (error) {
    lock[Symbol.dispose]();
    throw error;
  }
}

/**
 * Writes `rounds/<number>.mcap` and `index.json` in a run's folder (docs/recording.md). A frame is copied once, on the
 * caller's thread; the rest happens in a worker. Rows reach the file within 200 ms and survive a crash of this process
 * from then on; `durable` waits until the disk has them. After a failure (DISK_FULL, RECORDING_FAILED) every call throws it.
 */
export class RunRecorder implements Recorder {
  readonly needs: Want;
  readonly #folder: string;
  readonly #lock: Disposable;
  readonly #writer = new RoundWriter();
  #index: RunIndex;
  #indexWritten = 0;
  #round: number | undefined;
  #lastMark: Mark = { round: 0, row: 0 };
  #turn: Promise<void> | undefined;
  #closing: Promise<void> | undefined;

  /** `lock` holds the folder, and is released at the end. */
  constructor({ folder, needs }: RunRecorderOptions, index: RunIndex, lock: Disposable) {
    this.needs = needs ?? { state: true, bodies: 'episodeStart' };
    this.#folder = folder;
    this.#lock = lock;
    this.#index = index;
  }

  async begin(header: RoundHeader): Promise<void> {
    this.#requireOpen();
    if (this.#round !== undefined)
      throw new FarsimError('BAD_ARGUMENT', `round ${this.#round} has not ended`);
    await this.#writer.begin(path.join(this.#folder, roundFile(header.round)), header);
    this.#round = header.round;
    this.#lastMark = { round: header.round, row: 0 };
  }

  async write(frame: Frame, action: Action | undefined): Promise<void> {
    this.#requireRound();
    if (this.#turn) return this.#after(() => this.#writer.write(frame, action));
    const waiting = this.#writer.write(frame, action);
    if (waiting) return this.#after(() => waiting);
  }

  async durable(): Promise<Mark> {
    this.#requireOpen();
    if (this.#round === undefined) return this.#lastMark;
    await this.#turn;
    const { rows } = await this.#writer.durable();
    return (this.#lastMark = { round: this.#lastMark.round, row: rows });
  }

  async end(summary: RoundSummary): Promise<void> {
    const round = this.#requireRound();
    await this.#turn;
    const { rows, bytes } = await this.#writer.end(summary);
    this.#round = undefined;
    this.#lastMark = { round, row: rows };
    this.#index = {
      ...this.#index,
      rounds: [...this.#index.rounds, { round, file: roundFile(round), rows, bytes, reason: summary.reason }],
      episodes: [...this.#index.episodes, ...summary.episodes],
    };
    if (performance.now() - this.#indexWritten > indexEveryMs) {
      await writeIndex(this.#folder, this.#index);
      this.#indexWritten = performance.now();
    }
  }

  [Symbol.asyncDispose](): Promise<void> {
    return (this.#closing ??= this.#close());
  }

  async #close(): Promise<void> {
    using _held = this.#lock;
    await this.#turn?.catch(() => undefined);
    await this.#writer.close();
    const unseen = this.#writer.takeUnseenFailure();
    if (unseen) throw unseen;
    if (this.#writer.failed) return;
    await writeIndex(this.#folder, { ...this.#index, closed: this.#round === undefined });
  }

  /** Runs `work` after the rows that still wait for memory, so that rows keep the order of the calls. */
  #after(work: () => Promise<void> | undefined): Promise<void> {
    const turn = (this.#turn ?? Promise.resolve()).then(work);
    this.#turn = turn;
    const clear = (): void => {
      if (this.#turn === turn) this.#turn = undefined;
    };
    turn.then(clear, clear);
    return turn;
  }

  #requireOpen(): void {
    if (this.#closing) throw new FarsimError('CLOSED', 'the recorder was closed');
  }

  #requireRound(): number {
    this.#requireOpen();
    if (this.#round === undefined)
      throw new FarsimError('BAD_ARGUMENT', 'no round has begun: call begin before write or end');
    return this.#round;
  }
}
