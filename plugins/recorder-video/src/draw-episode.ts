import { encodePng, type EnvMoment } from '@farsim/core';
import path from 'node:path';
import { drawVideo, pictureCount, timeOfPicture } from './draw-video.ts';
import { stateAtTime } from './interpolate-state.ts';
import { requireGoing } from './require-going.ts';
import type { Painter, Size } from './painter.ts';
import { tilePictures } from './tile-pictures.ts';
import { writePicture } from './write-picture.ts';

/** An episode with its states, ready to be drawn. */
export interface DrawnEpisode {
  readonly episode: number;
  /** At least one, in order of time. */
  readonly moments: readonly EnvMoment[];
  /** From the first moment to the last. */
  readonly seconds: number;
}

export interface DrawingOptions {
  readonly folder: string;
  readonly size: Size;
  readonly fps: number;
  readonly speed: number;
  readonly progress: (line: string) => void;
  /** Ends the drawing before its next picture: INTERRUPTED. */
  readonly signal?: AbortSignal;
}

/** Writes `video/<episode>.mp4`, and its first and last picture as `pictures/<episode>-first.png` and `-last.png`. */
export async function drawEpisode(
  painter: Painter,
  drawn: DrawnEpisode,
  options: DrawingOptions,
): Promise<void> {
  const { episode, moments, seconds } = drawn;
  const { folder, size, fps, speed, progress, signal } = options;
  const count = pictureCount(seconds, fps, speed);
  let first: Uint8Array | undefined;
  let last: Uint8Array | undefined;
  await drawVideo(path.join(folder, `video/${episode}.mp4`), { ...size, fps }, count, async (index) => {
    requireGoing(signal, `episode ${episode} was drawn`);
    const time = timeOfPicture(index, count, seconds, fps, speed);
    const labels = [`episode ${episode}`, `${time.toFixed(2)} s`];
    const pixels = await painter.draw(stateAtTime(moments, moments[0]!.time + time), size, labels);
    if (index === 0) first = pixels;
    if (index === count - 1) last = pixels;
    if (index % fps === 0) progress(`drawing episode ${episode}: ${index} of ${count} pictures`);
    return pixels;
  });
  for (const [name, data] of [
    ['first', first!],
    ['last', last!],
  ] as const) {
    await writePicture(
      path.join(folder, `pictures/${episode}-${name}.png`),
      encodePng({ ...size, channels: 3, data }),
    );
  }
}

/** Writes `video/grid.mp4`: all episodes side by side from their starts; one that has ended stays as it was. */
export async function drawGrid(
  painter: Painter,
  episodes: readonly DrawnEpisode[],
  columns: number,
  options: DrawingOptions,
): Promise<void> {
  const { folder, size, fps, speed, progress, signal } = options;
  const cell = { width: evenPart(size.width, columns), height: evenPart(size.height, columns) };
  const rows = Math.ceil(episodes.length / columns);
  const format = { width: cell.width * columns, height: cell.height * rows, fps };
  const seconds = Math.max(...episodes.map((episode) => episode.seconds));
  const count = pictureCount(seconds, fps, speed);
  await drawVideo(path.join(folder, 'video/grid.mp4'), format, count, async (index) => {
    requireGoing(signal, 'the grid was drawn');
    const time = timeOfPicture(index, count, seconds, fps, speed);
    const drawing = episodes.map(({ episode, moments, seconds: length }) =>
      painter.draw(stateAtTime(moments, moments[0]!.time + time), cell, [
        `episode ${episode}`,
        `${Math.min(time, length).toFixed(2)} s`,
      ]),
    );
    if (index % fps === 0)
      progress(`drawing ${episodes.length} episodes side by side: ${index} of ${count} pictures`);
    return tilePictures(await Promise.all(drawing), cell, columns, 0).data;
  });
}

function evenPart(length: number, parts: number): number {
  return Math.max(2, Math.floor(length / parts / 2) * 2);
}
