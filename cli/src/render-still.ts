import { FarsimError, makeFolder, momentOf, type RecordedRow } from '@farsim/core';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { OpenReplay } from './open-replay.ts';

export interface StillRequest {
  readonly run: string;
  readonly episode: number;
  /** Simulated seconds since the episode began. */
  readonly time: number;
  readonly camera?: string | undefined;
  readonly size?: string | undefined;
  readonly output?: string | undefined;
}

const defaultSize = '1280x960';

/** Draws the recorded state that is nearest to a time as a PNG; gives its path. */
export async function renderStill(
  { pipeline, recording }: OpenReplay,
  request: StillRequest,
): Promise<string> {
  const { episode: wanted, time, camera } = request;
  const [, width, height] = /^(\d+)x(\d+)$/.exec(request.size ?? defaultSize) ?? [];
  if (width === undefined || height === undefined || !(time >= 0)) {
    throw new FarsimError('USAGE', 'a picture needs --time SECONDS and a --size such as 1280x960');
  }
  const episode = recording.episodes.find((one) => one.episode === wanted);
  if (!episode)
    throw new FarsimError(
      'USAGE',
      `the recording has no episode ${wanted}; it has ${recording.episodes.length}`,
    );
  let nearest: { moment: NonNullable<ReturnType<typeof momentOf>>; apart: number } | undefined;
  for await (const row of recording.rows(episode.round)) {
    const moment = inside(row, episode) ? momentOf(row.frame, episode.env) : undefined;
    if (!moment) continue;
    const apart = Math.abs(moment.time - time);
    if (nearest === undefined || apart < nearest.apart) nearest = { moment, apart };
  }
  const view = pipeline.simulator('view');
  if (!nearest || !view.setState || !view.render) {
    throw new FarsimError(
      'RENDER_FAILED',
      nearest ? 'the view cannot draw' : `episode ${wanted} holds no state`,
    );
  }
  await view.setState(nearest.moment.state);
  const [image] = await view.render({
    width: Number(width),
    height: Number(height),
    encoding: 'png',
    ...(camera !== undefined && { camera }),
  });
  const name = `episode-${wanted}_${nearest.moment.time.toFixed(2)}s${camera === undefined ? '' : `_${camera}`}.png`;
  const file = path.resolve(request.output ?? path.join(request.run, 'pictures', name));
  await makeFolder(path.dirname(file));
  await writeFile(file, image!.data);
  return file;
}

function inside(
  { row }: RecordedRow,
  { firstRow, lastRow }: { readonly firstRow: number; readonly lastRow: number },
): boolean {
  return row >= firstRow && row <= lastRow;
}
