import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { plainValue, readConfigText, replay, type ReplayReport } from '@farsim/core';
import { openReplay } from './open-replay.ts';
import type { ProgressLine } from '../terminal/progress-line.ts';

interface RunFile {
  readonly run: {
    readonly replay?: string;
    readonly video?: boolean | Readonly<Record<string, unknown>>;
    readonly tolerance?: { readonly position: number; readonly rotation: number };
  };
  readonly simulators: Readonly<Record<string, { readonly model?: unknown }>>;
}

/** The way to replay and draw a run from its folder as its config says; undefined where it says nothing of that. `configFolder`: where relative paths of the config start. */
export async function replayKept(
  folder: string,
  configFolder: string,
  signal: AbortSignal,
  line: ProgressLine,
): Promise<(() => Promise<ReplayReport>) | undefined> {
  const file = path.join(folder, 'run.yaml');
  const { run, simulators } = plainValue(readConfigText(await readFile(file, 'utf8'), file)) as RunFile;
  const { video, tolerance } = run;
  if (run.replay === undefined) return undefined;
  const written = simulators[run.replay]?.model;
  const own = typeof written === 'string' && !written.startsWith('from ') ? written : undefined;
  const model = own === undefined ? undefined : path.resolve(configFolder, own);
  const isThere = model !== undefined && existsSync(model);
  if (model !== undefined && !isThere)
    line.note(`${model} is not here: the run is replayed in the model that was recorded`);
  return async () => {
    await using opened = await openReplay({
      run: folder,
      model: isThere ? model : undefined,
      ...(video !== undefined && video !== false && { video: video === true ? {} : video }),
      signal,
      progress: (text) => line.phase(text),
      log: (text) => line.note(text),
    });
    const { pipeline, recording } = opened;
    return await replay({
      recording,
      view: pipeline.simulator('view'),
      recorders: video === undefined || video === false ? [] : [await pipeline.recorder('video')],
      signal,
      ...(tolerance && { tolerance }),
      onProgress: ({ round, rounds }) => line.bar('replaying round', round + 1, rounds),
    });
  };
}
