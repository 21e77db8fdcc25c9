import type { FarsimError } from '../../model/errors.ts';
import { ResourceStack } from '../../model/resource-stack.ts';
import type { Recorder } from '../../ports/recorder.ts';
import type { RemoteSimulator } from '../../remote/session/remote-simulator.ts';
import { rollout, type RolloutResult } from '../../rollout/rollout.ts';
import { createContainer } from '../ports/container.ts';
import { findProbes } from '../probes/kept-probes.ts';
import { measureLink, measureState } from './measure-run.ts';
import type { RunPlan } from '../plan/pipeline-plan.ts';
import { PortsOpener } from '../ports/ports-opener.ts';
import type { RunProgress } from './reopen-run.ts';
import { noteEvent, type RunFolder } from './run-folder.ts';
import type { RunParts } from './run-parts.ts';
import type { RunSummary } from './run-summary.ts';

/** What was driven, and what ended it early. */
export interface Driving {
  readonly summary: RunSummary;
  readonly error: FarsimError | undefined;
}

/** Opens a run's recorders and controller, drives its simulator, measures, and closes what it opened: the recording is then sealed. */
export async function driveRun(
  parts: RunParts,
  run: RunPlan,
  folder: RunFolder,
  done?: RunProgress,
): Promise<Driving> {
  const stack = new ResourceStack();
  try {
    const driving = await drive(parts, run, folder, openerFor(parts, run, folder, stack), done);
    await stack[Symbol.asyncDispose]();
    return driving;
  } catch (error) {
    await stack[Symbol.asyncDispose]().catch(() => undefined);
    throw error;
  }
}

function openerFor(
  { plan, container, recording, hooks }: RunParts,
  run: RunPlan,
  folder: RunFolder,
  stack: ResourceStack,
): PortsOpener {
  const sections = [...plan.sections.values()].filter(
    ({ kind, name }) => kind === 'controller' || (kind === 'recorder' && name !== run.video),
  );
  const log = (line: string): void => {
    folder.append('logs/client.log', `${new Date().toISOString()} ${line}`);
    noteEvent(folder, { event: 'log', text: line });
    hooks.log(line);
  };
  const where = { container: createContainer(container), stack, folder: plan.folder, runFolder: folder.path };
  return new PortsOpener(sections, { ...hooks, ...where, log, recording });
}

async function drive(
  { plan, simulator, hooks }: RunParts,
  run: RunPlan,
  folder: RunFolder,
  opener: PortsOpener,
  done: RunProgress | undefined,
): Promise<Driving> {
  const driven = simulator(run.simulator);
  const { session } = driven as Partial<RemoteSimulator>;
  const recorders: Recorder[] = [];
  for (const name of run.recorders) recorders.push(await opener.port('recorder', name));
  const controller = await opener.port('controller', run.controller);
  const { episodes, steps, seed, options, replay } = run.config;
  const { report: probes } = findProbes(driven.spec);
  const bytesBefore = session?.bytesReceived ?? 0;
  const began = performance.now();
  const result = await rollout({
    simulator: driven,
    controller,
    recorders,
    episodes: episodes - (done?.episodes ?? 0),
    ...(done && { first: done.next }),
    steps,
    ...(seed !== undefined && { seed }),
    ...(options && { resetOptions: options }),
    want: replay === undefined ? {} : { state: true, bodies: 'always' },
    controllerName: plan.sections.get(`controller/${run.controller}`)!.plugin.name,
    ...(probes && { probes }),
    signal: hooks.signal,
    onProgress: (progress) => {
      if (progress.step === 0) noteEvent(folder, { event: 'round', round: progress.round });
      hooks.onStep?.(progress);
    },
  });
  const wallSeconds = (performance.now() - began) / 1000;
  const bytes = (session?.bytesReceived ?? 0) - bytesBefore;
  const measured = result.reason !== 'failed' && {
    state: await measureState(driven),
    link: await measureLink(session),
  };
  // measuring brought the far side's newest head, so that the last steps are compared too
  if (result.reason !== 'failed') session?.ledger.verify();
  const times = { reset: result.times.reset.summary(), step: result.times.step.summary(), ...measured };
  const summary: RunSummary = {
    ...counted(result, driven.spec.num_envs),
    id: folder.id,
    folder: folder.path,
    wallSeconds,
    ...(result.reason === 'interrupted' && { interrupted: 'stepping' }),
    ...(done && { resumed: { rounds: done.rounds, episodes: done.episodes } }),
    times: Object.fromEntries(Object.entries(times).filter(([, time]) => time)),
    ...(session && result.steps > 0 && { bytesPerStep: Math.round(bytes / result.steps) }),
    ...(controller.report && { controller: controller.report() }),
    files: [],
  };
  return { summary, error: result.error };
}

function counted(
  result: RolloutResult,
  envs: number,
): Omit<RunSummary, 'id' | 'folder' | 'wallSeconds' | 'times' | 'files' | 'resumed' | 'interrupted'> {
  const { reason, rounds, episodes, frames, steps, simulatedSeconds, farShare, times } = result;
  const stepsPerSecond = times.step.total > 0 ? (steps * envs) / times.step.total : 0;
  const share = farShare === undefined ? {} : { farShare };
  return { reason, rounds, episodes, frames, steps, simulatedSeconds, stepsPerSecond, ...share };
}
