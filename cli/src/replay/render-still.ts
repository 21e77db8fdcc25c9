import { FarsimError, makeFolder, momentOf, type EpisodeSummary, type RecordedRow } from '@farsim/core';
import path from 'node:path';
import { chosenCamera, type CameraFlags } from './camera-flags.ts';
import type { OpenReplay } from './open-replay.ts';
import { parseSize } from './parse-size.ts';
import { requireEpisodes } from './require-episodes.ts';
import { writeNamedFile } from '../terminal/write-named-file.ts';

export interface StillRequest extends CameraFlags {
  readonly run: string;
  readonly episode: number;
  /** Simulated seconds since the episode began. */
  readonly time: number;
  readonly size?: string | undefined;
  readonly output?: string | undefined;
}

const defaultSize = '1280x960';

/** Draws the recorded state that is nearest to a time as a PNG; gives its path. Throws USAGE for an episode, a time or a file that cannot be. */
export async function renderStill(
  { pipeline, recording }: OpenReplay,
  request: StillRequest,
): Promise<string> {
  const { episode: wanted, time } = request;
  const camera = chosenCamera(request);
  const size = parseSize(request.size ?? defaultSize, { even: false });
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
  const { viewedCamera } = await import('@farsim/recorder-video');
  await view.setState(nearest.moment.state);
  const [image] = await view.render({
    ...size,
    encoding: 'png',
    ...(camera !== undefined && { camera: viewedCamera(camera) }),
  });
  const from = camera === undefined ? '' : `_${typeof camera === 'string' ? camera : 'free'}`;
  const name = `episode-${wanted}_${nearest.moment.time.toFixed(2)}s${from}.png`;
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
