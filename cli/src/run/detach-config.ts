import path from 'node:path';
import {
  PluginFinder,
  detachRun,
  loadConfig,
  planPipeline,
  requireRunPlaces,
  type ConfigSource,
  type DetachedRun,
} from '@farsim/core';
import { formatSpan } from '../terminal/format.ts';
import { takeInterruption } from '../terminal/interruption.ts';
import { createProgressLine } from '../terminal/progress-line.ts';

/** Starts a config's run on its far machine and leaves it there; Ctrl-C before its first step ends it. */
export async function detachConfig(
  source: ConfigSource,
  overrides: readonly string[],
  quiet: boolean,
): Promise<DetachedRun> {
  using interruption = takeInterruption('stopping; what was started ends');
  using line = createProgressLine(quiet);
  const plan = await planPipeline(loadConfig(source, overrides), new PluginFinder());
  await requireRunPlaces(plan);
  return detachRun(plan, {
    signal: interruption.signal,
    progress: (text) => line.phase(text),
    log: (text) => line.note(text),
  });
}

/** Where the run goes on, how to look at it and how to fetch it. */
export function printDetached({ folder, host, session, simulator, total }: DetachedRun): string {
  const here = path.relative(process.cwd(), folder) || '.';
  const shown = here.startsWith('..') ? folder : here;
  const until = total > 0 ? `, for ${formatSpan(total)} at most` : '';
  return [
    `${simulator} runs on ${host} by itself now${until}: session ${session}`,
    `  farsim host ps ${host}                    how far it is`,
    `  farsim host logs -f ${host} ${session}  what it says`,
    `  farsim host down ${host} ${session}     ends it; what it recorded stays`,
    `  farsim sync ${shown}   brings the recording here`,
  ].join('\n');
}
