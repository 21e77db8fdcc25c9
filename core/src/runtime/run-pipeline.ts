import type { DependencyContainer } from 'tsyringe';
import { errorCodes } from '../model/error-codes.ts';
import { FarsimError, isFarsimError, toFarsimError } from '../model/errors.ts';
import { ResourceStack } from '../model/resource-stack.ts';
import type { Recorder, Recording } from '../ports/recorder.ts';
import type { Simulator } from '../ports/simulator.ts';
import type { RemoteSimulator } from '../remote/remote-simulator.ts';
import { rollout, type RolloutProgress, type RolloutResult } from '../rollout/rollout.ts';
import { createContainer } from './container.ts';
import { describeRun } from './describe-run.ts';
import { measureLink, measureState } from './measure-run.ts';
import type { PipelinePlan, RunPlan } from './plan-pipeline.ts';
import { PortsOpener, type PipelineHooks } from './ports-opener.ts';
import { replayRun, saveModel, type ReplayProgress } from './replay-run.ts';
import { createRunFolder, type RunFolder } from './run-folder.ts';
import type { RunSummary, RunTimes } from './run-summary.ts';
import { showConfig } from './show-config.ts';

export interface RunHooks extends Partial<PipelineHooks> {
  readonly onStep?: (progress: RolloutProgress) => void;
  readonly onReplay?: (progress: ReplayProgress) => void;
}

/** A line and when it was said. */
export interface TimedLine {
  readonly time: Date;
  readonly text: string;
}

export interface RunParts {
  readonly plan: PipelinePlan;
  /** The pipeline's, in which its simulators are. */
  readonly container: DependencyContainer;
  readonly simulator: (name?: string) => Simulator;
  readonly recording: (path: string) => Promise<Recording>;
  /** What the parts said while they were opened. */
  readonly starting: readonly TimedLine[];
  readonly hooks: PipelineHooks & RunHooks;
}

/** Drives the run's simulator, records it, replays the recording, and keeps all of it in a folder. See {@link Pipeline.run}. */
export async function runPipeline(parts: RunParts): Promise<RunSummary> {
  const { plan, simulator } = parts;
  const { run } = plan;
  if (!run) {
    throw new FarsimError('CONFIG_INVALID', 'the config has no `run:` section', {
      suggestions: ['add `run: { simulator: plant, episodes: 1, steps: 100 }`'],
    });
  }
  const driven = simulator(run.simulator);
  const folder = await createRunFolder(run.config.folder, plan.name ?? driven.spec.task ?? run.simulator);
  const began = new Date();
  let summary: RunSummary | undefined;
  let error: FarsimError | undefined;
  try {
    for (const { time, text } of parts.starting) note(folder, { event: 'starting', text }, time);
    await folder.write('run.yaml', showConfig(plan.resolved));
    const model = run.config.replay === undefined ? undefined : await saveModel(parts, run, folder);
    await folder.write('run.json', describeRun(folder.id, plan, run, simulator, model));
    ({ summary, error } = await drive(parts, run, driven, folder));
    const replays = run.config.replay !== undefined && run.recorders.length > 0;
    if (replays && summary.reason === 'finished') {
      summary = { ...summary, replay: await replayRun(parts, run, folder) };
    }
  } catch (thrown) {
    error ??= toFarsimError(thrown);
  }
  note(folder, {
    event: 'ended',
    reason: error ? 'failed' : summary?.reason,
    ...(error && { code: error.code, message: error.message }),
  });
  error = await seal(folder, began, summary, error);
  if (summary) summary = { ...summary, files: await folder.files() };
  if (!error) return summary!;
  const { code, message, suggestions } = error;
  const { frames: _, ...details } = error.details;
  throw new FarsimError(code, message, {
    suggestions,
    details: { ...details, folder: folder.path, ...(summary && { run: summary }) },
    cause: error.cause ?? error,
  });
}

/** Adds a line to the run's events. */
function note(folder: RunFolder, event: object, time = new Date()): void {
  folder.append('events.ndjson', JSON.stringify({ time, ...event }));
}

/** Writes what ends a run's folder; gives the run's error, or the one that kept the folder from being sealed. */
async function seal(
  folder: RunFolder,
  began: Date,
  summary: RunSummary | undefined,
  error: FarsimError | undefined,
): Promise<FarsimError | undefined> {
  const exit = error
    ? { reason: 'failed', code: error.code, message: error.message, exit: error.exitCode }
    : { reason: summary!.reason, exit: summary!.reason === 'interrupted' ? errorCodes.INTERRUPTED.exit : 0 };
  try {
    if (summary) await folder.write('metrics.json', JSON.stringify(summary, undefined, 2));
    await folder.flush();
    await folder.write('exit.json', JSON.stringify({ ...exit, began, ended: new Date() }, undefined, 2));
    return error;
  } catch (thrown) {
    return error ?? toFarsimError(thrown);
  }
}

async function drive(
  { plan, container, recording, hooks }: RunParts,
  run: RunPlan,
  driven: Simulator,
  folder: RunFolder,
): Promise<{ summary: RunSummary; error: FarsimError | undefined }> {
  const log = (line: string): void => {
    folder.append('logs/client.log', `${new Date().toISOString()} ${line}`);
    note(folder, { event: 'log', text: line });
    hooks.log(line);
  };
  const stack = new ResourceStack();
  const sections = [...plan.sections.values()].filter(
    ({ kind, name }) => kind === 'controller' || (kind === 'recorder' && name !== run.video),
  );
  const opener = new PortsOpener(sections, {
    ...hooks,
    log,
    container: createContainer(container),
    stack,
    folder: plan.folder,
    runFolder: folder.path,
    recording,
  });
  const { session } = driven as Partial<RemoteSimulator>;
  try {
    const recorders: Recorder[] = [];
    for (const name of run.recorders) recorders.push(await opener.port('recorder', name));
    const controller = await opener.port('controller', run.controller);
    const bytesBefore = session?.bytesReceived ?? 0;
    const began = performance.now();
    const { episodes, steps, seed, options } = run.config;
    const result = await rollout({
      simulator: driven,
      controller,
      recorders,
      episodes,
      steps,
      ...(seed !== undefined && { seed }),
      ...(options && { resetOptions: options }),
      want: run.config.replay === undefined ? {} : { state: true, bodies: 'always' },
      controllerName: plan.sections.get(`controller/${run.controller}`)!.plugin.name,
      signal: hooks.signal,
      onProgress: (progress) => {
        if (progress.step === 0) note(folder, { event: 'round', round: progress.round });
        hooks.onStep?.(progress);
      },
    });
    const wallSeconds = (performance.now() - began) / 1000;
    const bytes = (session?.bytesReceived ?? 0) - bytesBefore;
    const more =
      result.reason === 'failed'
        ? {}
        : { state: await measureState(driven), link: await measureLink(session) };
    const times: RunTimes = Object.fromEntries(
      Object.entries({
        reset: result.times.reset.summary(),
        step: result.times.step.summary(),
        ...more,
      }).filter(([, time]) => time),
    );
    const summary = {
      ...summarise(folder, result, driven.spec.num_envs),
      wallSeconds,
      times,
      ...(session && result.steps > 0 && { bytesPerStep: Math.round(bytes / result.steps) }),
      ...(controller.report && { controller: controller.report() }),
    };
    await stack[Symbol.asyncDispose]();
    return { summary, error: result.error };
  } catch (error) {
    await stack[Symbol.asyncDispose]().catch(() => undefined);
    throw isFarsimError(error) ? error : toFarsimError(error);
  }
}

function summarise(
  folder: RunFolder,
  result: RolloutResult,
  envs: number,
): Omit<RunSummary, 'wallSeconds' | 'times'> {
  const { reason, rounds, episodes, frames, steps, simulatedSeconds, farShare, times } = result;
  return {
    id: folder.id,
    folder: folder.path,
    reason,
    rounds,
    episodes,
    frames,
    steps,
    simulatedSeconds,
    stepsPerSecond: times.step.total > 0 ? (steps * envs) / times.step.total : 0,
    ...(farShare !== undefined && { farShare }),
    files: [],
  };
}
