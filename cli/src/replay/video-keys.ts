import { FarsimError, plainValue, readConfigText } from '@farsim/core';
import { existsSync } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { chosenCamera, type CameraFlags } from './camera-flags.ts';
import { parseSize } from './parse-size.ts';

export interface VideoFlags extends CameraFlags {
  readonly fps?: number | undefined;
  readonly speed?: number | undefined;
  readonly size?: string | undefined;
  readonly episode?: readonly number[] | undefined;
  readonly output?: string | undefined;
}

export interface VideoKeys {
  /** Where the recorder writes `video/` and `pictures/`. */
  readonly folder: string;
  readonly keys: Readonly<Record<string, unknown>>;
  /** Files that were written there since. */
  readonly made: () => Promise<string[]>;
}

/** The video recorder's config that flags and `key=value` words ask for. */
export async function videoKeys(
  run: string,
  flags: VideoFlags,
  words: readonly string[],
): Promise<VideoKeys> {
  const folder = path.resolve(flags.output ?? run);
  const began = Date.now();
  const { fps, size, speed, episode: episodes } = flags;
  if (size !== undefined) parseSize(size, { even: true });
  if (flags.output !== undefined && /\.(png|jpe?g|mp4|gif)$/i.test(flags.output))
    throw new FarsimError(
      'USAGE',
      `--output: videos need a folder, and ${flags.output} is named like a file`,
      {
        suggestions: ['one picture: --time SECONDS -o FILE.png'],
      },
    );
  const given = {
    camera: chosenCamera(flags),
    fps,
    size,
    episodes,
    speed,
    // the run's own sheet shows all that it drew
    sheet: episodes && sheetOf(episodes),
  };
  const written = words.map((word): [string, unknown] => {
    const [, key, value] = /^(\w+)=(.*)$/s.exec(word) ?? [];
    if (key === undefined)
      throw new FarsimError('USAGE', `'${word}' is not a key of the video recorder: write key=value`);
    return [key, plainValue(readConfigText(value!, `'${word}'`))];
  });
  const keys = {
    ...Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)),
    ...Object.fromEntries(written),
  };
  return { folder, keys, made: () => filesSince(folder, began) };
}

function sheetOf(episodes: readonly number[]): string {
  const which = episodes.length > 8 ? `${episodes.length}-episodes` : episodes.join('-');
  return `contact-sheet_${which}`;
}

async function filesSince(folder: string, began: number): Promise<string[]> {
  const files: string[] = [];
  for (const part of ['video', 'pictures']) {
    const inside = path.join(folder, part);
    if (!existsSync(inside)) continue;
    for (const name of await readdir(inside)) {
      const file = path.join(inside, name);
      if ((await stat(file)).mtimeMs >= began - 1_000) files.push(file);
    }
  }
  return files.toSorted();
}
