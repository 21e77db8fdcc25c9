import { encodePng, type EnvMoment } from '@farsim/core';
import { PictureWatch } from './check-pictures.ts';
import type { DrawnEpisode } from './draw-episode.ts';
import type { Painter, Size } from './painter.ts';
import { stateAtTime } from './interpolate-state.ts';
import { requireGoing } from './require-going.ts';
import { tilePictures } from './tile-pictures.ts';
import { writePicture } from './write-picture.ts';

const columns = 6;
const cellWidth = 320;
const mostRows = 24;
const gap = 4;

/** One picture of a whole run: a row for each episode, from its start to its end. Beyond 24 episodes, evenly chosen ones. */
export class ContactSheet {
  readonly #painter: Painter;
  readonly #cell: Size;
  readonly #signal: AbortSignal | undefined;
  readonly #rows: (readonly Uint8Array[])[] = [];

  /** `signal` ends the drawing before its next picture: INTERRUPTED. */
  constructor(painter: Painter, { width, height }: Size, signal?: AbortSignal) {
    this.#painter = painter;
    this.#signal = signal;
    this.#cell = { width: cellWidth, height: Math.round((cellWidth * height) / width) };
  }

  async add({ episode, moments, seconds }: DrawnEpisode): Promise<void> {
    const row: Uint8Array[] = [];
    for (let column = 0; column < columns; column++) {
      requireGoing(this.#signal, `episode ${episode} was drawn`);
      const time = startOf(moments) + (seconds * column) / (columns - 1);
      const labels = [`episode ${episode}`, `${(time - startOf(moments)).toFixed(2)} s`];
      row.push(await this.#painter.draw(stateAtTime(moments, time), this.#cell, labels));
    }
    this.#rows.push(row);
  }

  /** Writes the sheet; nothing when no episode was added. Throws VIDEO_EMPTY, DISK_FULL. */
  async write(file: string): Promise<void> {
    if (this.#rows.length === 0) return;
    const step = Math.max(1, this.#rows.length / mostRows);
    const chosen = Array.from(
      { length: Math.min(mostRows, this.#rows.length) },
      (_, i) => this.#rows[Math.floor(i * step)]!,
    );
    const watch = new PictureWatch();
    for (const cell of chosen.flat()) watch.see(cell);
    watch.requireSomething(file);
    await writePicture(
      file,
      encodePng({ ...tilePictures(chosen.flat(), this.#cell, columns, gap), channels: 3 }),
    );
  }
}

function startOf(moments: readonly EnvMoment[]): number {
  return moments[0]!.time;
}
