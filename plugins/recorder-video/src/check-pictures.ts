import { FarsimError } from '@farsim/core';
import { readFile } from 'node:fs/promises';
import { readMp4Facts } from './mp4-facts.ts';
import type { VideoFormat } from './video-encoder.ts';

const darkest = 6;
const leastSpread = 4;

/** Watches pictures go by and remembers whether any of them showed something. */
export class PictureWatch {
  #brightest = 0;
  #spread = 0;
  #count = 0;

  /** Pictures seen. */
  get count(): number {
    return this.#count;
  }

  see(pixels: Uint8Array): void {
    this.#count++;
    let least = 255;
    let most = 0;
    // every 37th channel value: a prime, so that all three channels and all columns are met
    for (let i = 0; i < pixels.length; i += 37) {
      const value = pixels[i]!;
      if (value < least) least = value;
      if (value > most) most = value;
    }
    this.#brightest = Math.max(this.#brightest, most);
    this.#spread = Math.max(this.#spread, most - least);
  }

  /** Throws VIDEO_EMPTY when all pictures so far were black or of one colour. */
  requireSomething(file: string): void {
    const what =
      this.#count === 0
        ? 'holds no picture'
        : this.#brightest < darkest
          ? 'is black'
          : this.#spread < leastSpread
            ? 'shows one colour only'
            : undefined;
    if (what === undefined) return;
    throw new FarsimError('VIDEO_EMPTY', `${file} ${what} (${this.#count} pictures)`, {
      suggestions: [
        'look through another camera: `camera:` of the video section',
        'check that the view’s model has lights and geometry',
      ],
    });
  }
}

/** Reads a finished video back: its size, pictures and length must be what was asked for. Throws VIDEO_EMPTY. */
export async function checkVideoFile(file: string, format: VideoFormat, pictures: number): Promise<void> {
  const facts = readMp4Facts(await readFile(file));
  const wanted = pictures / format.fps;
  const faults = [
    facts.codec === 'avc1' ? '' : `its codec is ${facts.codec}`,
    facts.width === format.width && facts.height === format.height
      ? ''
      : `it is ${facts.width}×${facts.height}`,
    facts.frames === pictures ? '' : `it has ${facts.frames} of ${pictures} pictures`,
    Math.abs(facts.seconds - wanted) <= 1 / format.fps
      ? ''
      : `it lasts ${facts.seconds} s instead of ${wanted} s`,
    facts.pictureBytes > 0 ? '' : 'its pictures are empty',
  ].filter((fault) => fault !== '');
  if (faults.length > 0)
    throw new FarsimError('VIDEO_EMPTY', `${file} is not what was drawn: ${faults.join(', ')}`);
}
