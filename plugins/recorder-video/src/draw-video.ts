import path from 'node:path';
import { makeFolder } from '@farsim/core';
import { checkVideoFile, PictureWatch } from './check-pictures.ts';
import { fileError } from './file-error.ts';
import { openVideoEncoder } from './open-video-encoder.ts';
import type { VideoFormat } from './video-encoder.ts';

/** Pictures that are drawn while an earlier one is encoded. */
const drawnAhead = 2;

/** Number of pictures of a video of so many simulated seconds: at least one. */
export function pictureCount(seconds: number, fps: number, speed: number): number {
  return Math.max(1, Math.round((seconds * fps) / speed));
}

/** Simulated second of picture `index`; the last picture shows the end. */
export function timeOfPicture(
  index: number,
  count: number,
  seconds: number,
  fps: number,
  speed: number,
): number {
  return index === count - 1 ? seconds : (index * speed) / fps;
}

/**
 * Draws a video and checks the file: the next pictures are drawn while the encoder takes the last one. Throws VIDEO_EMPTY,
 * RENDER_FAILED, DISK_FULL.
 */
export async function drawVideo(
  file: string,
  format: VideoFormat,
  count: number,
  pictureAt: (index: number) => Promise<Uint8Array>,
): Promise<void> {
  await makeFolder(path.dirname(file)).catch((error: unknown) => {
    throw fileError(error, file);
  });
  const watch = new PictureWatch();
  {
    await using encoder = await openVideoEncoder(file, format);
    const drawing: Promise<Uint8Array>[] = [];
    for (let index = 0; index < count; index++) {
      while (drawing.length <= drawnAhead && index + drawing.length < count) {
        const picture = pictureAt(index + drawing.length);
        // awaited in a later turn, unless an earlier one fails first
        picture.catch(() => undefined);
        drawing.push(picture);
      }
      const pixels = (await drawing.shift())!;
      watch.see(pixels);
      await encoder.add(pixels);
    }
    await encoder.finish();
  }
  watch.requireSomething(file);
  await checkVideoFile(file, format, count);
}
