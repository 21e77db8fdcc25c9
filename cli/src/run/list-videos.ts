import type { RunSummary } from '@farsim/core';
import { readFile } from 'node:fs/promises';
import path from 'node:path';

/** One video of a run, as its own headers describe it. */
export interface VideoFile {
  /** Absolute. */
  readonly file: string;
  readonly seconds: number;
  readonly frames: number;
}

/** The videos in a run's folder, the first episode first. */
export async function listVideos({ folder, files }: RunSummary): Promise<VideoFile[]> {
  const names = files.filter((name) => name.endsWith('.mp4'));
  if (names.length === 0) return [];
  const { readMp4Facts } = await import('@farsim/recorder-video');
  const sorted = names.toSorted((a, b) => a.localeCompare(b, 'en', { numeric: true }));
  return Promise.all(
    sorted.map(async (name) => {
      const file = path.join(folder, name);
      const { seconds, frames } = readMp4Facts(await readFile(file));
      return { file, seconds, frames };
    }),
  );
}
