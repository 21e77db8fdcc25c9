import {
  FarsimError,
  type EpisodeSummary,
  type Frame,
  type FreeCamera,
  type Mark,
  type Recorder,
  type RoundHeader,
  type RoundSummary,
  type Simulator,
  type Want,
} from '@farsim/core';
import path from 'node:path';
import { ContactSheet } from './contact-sheet.ts';
import { drawEpisode, drawGrid, type DrawingOptions, type DrawnEpisode } from './draw-episode.ts';
import { Painter } from './painter.ts';
import { RoundTracks } from './round-tracks.ts';

export interface VideoRecorderOptions extends DrawingOptions {
  /** Draws the states; not owned. */
  readonly view: Simulator;
  readonly camera?: string | FreeCamera;
  readonly episodes: readonly number[] | 'all';
  /** Also all drawn episodes in one video, so many beside each other. */
  readonly grid?: number;
  /** Name of the picture of all drawn episodes, without `.png`; left out: `contact-sheet`. */
  readonly sheet?: string;
}

/**
 * Draws episodes: `video/<episode>.mp4`, `pictures/<episode>-first.png` and `-last.png`, and on closing
 * `pictures/contact-sheet.png`. A round's states are kept in memory and drawn when it ends, because only then its episodes
 * are known. Once `signal` aborts nothing more is drawn. A video lasts as long as its episode in simulated time. Every file is checked (VIDEO_EMPTY).
 */
export class VideoRecorder implements Recorder {
  readonly needs: Want = { state: true };
  readonly #options: VideoRecorderOptions;
  readonly #painter: Painter;
  readonly #sheet: ContactSheet;
  readonly #drawn: DrawnEpisode[] = [];
  #tracks: RoundTracks | undefined;
  #round = 0;
  #row = 0;
  #durable: Mark = { round: 0, row: 0 };
  #closing: Promise<void> | undefined;

  constructor(options: VideoRecorderOptions) {
    this.#options = options;
    this.#painter = new Painter(options.view, options.camera);
    this.#sheet = new ContactSheet(this.#painter, options.size, options.signal);
  }

  async begin({ round, spec }: RoundHeader): Promise<void> {
    this.#requireOpen();
    if (this.#tracks) throw new FarsimError('BAD_ARGUMENT', `round ${this.#round} has not ended`);
    this.#tracks = new RoundTracks(spec.step_dt);
    this.#round = round;
    this.#row = 0;
  }

  async write(frame: Frame): Promise<void> {
    this.#requireRound().take(frame, this.#row++);
  }

  /** A round is durable once it was drawn, not before. */
  async durable(): Promise<Mark> {
    this.#requireOpen();
    return this.#durable;
  }

  async end({ episodes }: RoundSummary): Promise<void> {
    const tracks = this.#requireRound();
    this.#tracks = undefined;
    const { episodes: wanted, grid } = this.#options;
    for (const summary of episodes) {
      if (wanted !== 'all' && !wanted.includes(summary.episode)) continue;
      const drawn = this.#episode(tracks, summary);
      await drawEpisode(this.#painter, drawn, this.#options);
      await this.#sheet.add(drawn);
      if (grid !== undefined) this.#drawn.push(drawn);
    }
    this.#durable = { round: this.#round, row: this.#row };
  }

  [Symbol.asyncDispose](): Promise<void> {
    return (this.#closing ??= this.#finish());
  }

  async #finish(): Promise<void> {
    const { folder, grid, signal, sheet = 'contact-sheet' } = this.#options;
    if (signal?.aborted) return;
    await this.#sheet.write(path.join(folder, `pictures/${sheet}.png`));
    if (grid !== undefined && this.#drawn.length > 0)
      await drawGrid(this.#painter, this.#drawn, grid, this.#options);
  }

  #episode(tracks: RoundTracks, summary: EpisodeSummary): DrawnEpisode {
    const moments = tracks.momentsOf(summary);
    const [first, last] = [moments[0], moments.at(-1)];
    if (!first || !last) {
      throw new FarsimError(
        'RENDER_FAILED',
        `episode ${summary.episode} has no state of env ${summary.env} to draw`,
        {
          suggestions: [
            'record the state of that env: `want.envs` leaves it out, or the simulator gives none',
          ],
        },
      );
    }
    return { episode: summary.episode, moments, seconds: last.time - first.time };
  }

  #requireOpen(): void {
    if (this.#closing) throw new FarsimError('CLOSED', 'the video recorder was closed');
  }

  #requireRound(): RoundTracks {
    this.#requireOpen();
    if (!this.#tracks)
      throw new FarsimError('BAD_ARGUMENT', 'no round has begun: call begin before write or end');
    return this.#tracks;
  }
}
