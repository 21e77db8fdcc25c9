import { FarsimError } from '@farsim/core';
import type { Size } from '@farsim/recorder-video';

/** Pixels of `--size WIDTHxHEIGHT`. Throws USAGE, also for lengths that are not even where `even`. */
export function parseSize(text: string, { even }: { readonly even: boolean }): Size {
  const [, width, height] = (/^(\d+)x(\d+)$/.exec(text) ?? []).map(Number);
  if (width === undefined || height === undefined)
    throw new FarsimError('USAGE', `--size: '${text}' is not WIDTHxHEIGHT, such as 1280x960`);
  if (!even || (width % 2 === 0 && height % 2 === 0)) return { width, height };
  throw new FarsimError(
    'USAGE',
    `--size: a video's width and height are even, and those of ${text} are not`,
    {
      suggestions: [`--size ${width + (width % 2)}x${height + (height % 2)}`],
    },
  );
}
