import { openPipeline, type ConfigSource, type RunSummary } from '@farsim/core';
import { takeInterruption } from './interruption.ts';
import { createProgressLine } from './progress-line.ts';

/** Opens a config, runs it and closes everything, with progress on the terminal and Ctrl-C as an orderly end. */
export async function runConfig(
  source: ConfigSource,
  overrides: readonly string[],
  { quiet, resume }: { readonly quiet: boolean; readonly resume?: string | undefined },
): Promise<RunSummary> {
  using interruption = takeInterruption(
    'stopping at the end of this step',
    'ending the far simulators by force',
  );
  using line = createProgressLine(quiet);
  const hooks = {
    signal: interruption.signal,
    hurry: interruption.hurry,
    progress: (text: string): void => line.phase(text),
    log: (text: string): void => line.note(text),
  };
  await using pipeline = await openPipeline(source, overrides, hooks);
  const { episodes } = pipeline.plan.run?.config ?? { episodes: 0 };
  return await pipeline.run({
    closeDriven: true,
    resume,
    onStep: ({ round, step, episodesDone }) =>
      line.bar(`round ${round} step ${step}, episodes`, episodesDone, episodes),
    onReplay: ({ round, rounds }) => line.bar('replaying round', round + 1, rounds),
  });
}
