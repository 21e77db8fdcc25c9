import {
  PluginFinder,
  loadConfig,
  openPlan,
  planPipeline,
  requireRunPlaces,
  type ConfigSource,
  type RunPhase,
  type RunSummary,
} from '@farsim/core';
import { farSimulators } from './far-leases.ts';
import { takeInterruption } from '../terminal/interruption.ts';
import { createProgressLine } from '../terminal/progress-line.ts';

const onFirst: Readonly<Record<RunPhase, string>> = {
  starting: 'stopping the start; what was started ends',
  stepping: 'stopping at the end of this step',
  replaying: 'stopping; the recording is whole',
};

export interface RunOptions {
  /** Nothing is drawn but on a terminal. */
  readonly quiet: boolean;
  /** Folder of the run to go on with. */
  readonly resume?: string | undefined;
  /** Far simulators that another client controls are taken over. */
  readonly takeOver?: boolean;
}

/** Opens a config, runs it and closes everything, with progress on the terminal and Ctrl-C as an orderly end. */
export async function runConfig(
  source: ConfigSource,
  overrides: readonly string[],
  { quiet, resume, takeOver = false }: RunOptions,
): Promise<RunSummary> {
  let phase: RunPhase = 'starting';
  let anyFar = false;
  using interruption = takeInterruption(
    () => onFirst[phase],
    () => (phase !== 'replaying' && anyFar ? 'ending the far simulators by force' : undefined),
  );
  using line = createProgressLine(quiet);
  const hooks = {
    signal: interruption.signal,
    hurry: interruption.hurry,
    takeOver,
    progress: (text: string): void => line.phase(text),
    log: (text: string): void => line.note(text),
  };
  const finder = new PluginFinder();
  const plan = await planPipeline(loadConfig(source, overrides), finder);
  anyFar = farSimulators(plan).length > 0;
  await requireRunPlaces(plan, resume);
  await using pipeline = await openPlan(plan, finder, hooks);
  const { episodes } = pipeline.plan.run?.config ?? { episodes: 0 };
  return await pipeline.run({
    closeDriven: true,
    resume,
    onPhase: (begun) => (phase = begun),
    onStep: ({ round, step, episodesDone }) =>
      line.bar(`round ${round} step ${step}, episodes`, episodesDone, episodes),
    onReplay: ({ round, rounds }) => line.bar('replaying round', round + 1, rounds),
  });
}
