import { FarsimError, makeFolder, momentOf, type EpisodeSummary, type RecordedRow } from '@farsim/core';
import path from 'node:path';
import type { OpenReplay } from './open-replay.ts';
import { requireEpisodes } from './require-episodes.ts';
import { writeNamedFile } from '../terminal/write-named-file.ts';

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

/** Draws the recorded state that is nearest to a time as a PNG; gives its path. Throws USAGE for an episode, a time or a file that cannot be. */
export async function renderStill(
  { pipeline, recording }: OpenReplay,
  request: StillRequest,
): Promise<string> {
  const { episode: wanted, time, camera } = request;
  const [, width, height] = /^(\d+)x(\d+)$/.exec(request.size ?? defaultSize) ?? [];
  if (width === undefined || height === undefined)
    throw new FarsimError('USAGE', `--size: '${request.size}' is not WIDTHxHEIGHT, such as ${defaultSize}`);
  if (request.output !== undefined && !request.output.endsWith('.png'))
    throw new FarsimError(
      'USAGE',
      `--output: a picture is a PNG file, and ${request.output} does not end in .png`,
    );
  const [episode] = requireEpisodes(recording, [wanted]) as [EpisodeSummary];
  let end = 0;
  let nearest: { moment: NonNullable<ReturnType<typeof momentOf>>; apart: number } | undefined;
  for await (const row of recording.rows(episode.round)) {
    const moment = inside(row, episode) ? momentOf(row.frame, episode.env) : undefined;
    if (!moment) continue;
    end = moment.time;
    const apart = Math.abs(moment.time - time);
    if (nearest === undefined || apart < nearest.apart) nearest = { moment, apart };
  }
  if (time > end + recording.rounds[0]!.spec.step_dt)
    throw new FarsimError('USAGE', `--time: episode ${wanted} ends at ${end.toFixed(2)} s, before ${time} s`);
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
  await writeNamedFile(file, image!.data);
  return file;
}

function inside(
  { row }: RecordedRow,
  { firstRow, lastRow }: { readonly firstRow: number; readonly lastRow: number },
): boolean {
  return row >= firstRow && row <= lastRow;
}
