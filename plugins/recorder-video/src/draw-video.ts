import path from 'node:path';
import { makeFolder } from '@farsim/core';
import { checkVideoFile, PictureWatch } from './check-pictures.ts';
import { fileError } from './file-error.ts';
import { openVideoEncoder, type VideoFormat } from './video-encoder.ts';

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
 * Draws a video and checks the file: the next picture is drawn while the encoder takes the last one. Throws VIDEO_EMPTY,
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
    let next = pictureAt(0);
    for (let index = 0; index < count; index++) {
      const pixels = await next;
      if (index + 1 < count) {
        next = pictureAt(index + 1);
        // awaited in the next turn, unless this one fails first
        next.catch(() => undefined);
      }
      watch.see(pixels);
      await encoder.add(pixels);
    }
    await encoder.finish();
  }
  watch.requireSomething(file);
  await checkVideoFile(file, format, count);
}
