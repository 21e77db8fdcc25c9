import { isFarsimError, toFarsimError, type FarsimError } from '../../model/errors.ts';
import { describeRun } from './describe-run.ts';
import { driveRun } from './drive-run.ts';
import { keepFarLog } from './keep-far-log.ts';
import type { RunPlan } from '../plan/pipeline-plan.ts';
import { replayRun, saveModel, saveScene } from './replay-run.ts';
import { reopenRun } from './reopen-run.ts';
import { createRunFolder, noteEvent, type RunFolder } from './run-folder.ts';
import type { RunParts } from './run-parts.ts';
import { requireRun, requireView } from './require-run.ts';
import type { RunSummary } from './run-summary.ts';
import { failureReason, runError, sealRun } from './seal-run.ts';
import { showConfig } from '../config/show-config.ts';

/** Drives the run's simulator, records it, replays the recording, and keeps all of it in a folder. See {@link Pipeline.run}. */
export async function runPipeline(parts: RunParts): Promise<RunSummary> {
  const { plan, simulator } = parts;
  const run = requireRun(plan);
  if (run.config.replay !== undefined) requireView(run.config.replay, simulator(run.config.replay));
  const driven = simulator(run.simulator);
  const { resume } = parts.hooks;
  const reopened = resume === undefined ? undefined : await reopenRun(plan, resume, parts.recording);
  const name = plan.name ?? driven.spec.task ?? run.simulator;
  const folder = reopened?.folder ?? (await createRunFolder(run.config.folder, name));
  const began = new Date();
  let summary: RunSummary | undefined;
  let error: FarsimError | undefined;
  try {
    for (const { time, text } of parts.starting) noteEvent(folder, { event: 'starting', text }, time);
    parts.listen((text) => noteEvent(folder, { event: 'said', text }));
    if (!reopened) await describe(parts, run, folder);
    parts.hooks.onPhase?.('stepping');
    ({ summary, error } = await driveRun(parts, run, folder, reopened?.done));
    await keepFarLog(folder, run.simulator, driven, error);
    if (parts.hooks.closeDriven && run.config.replay !== run.simulator) await driven[Symbol.asyncDispose]();
    const replays = run.config.replay !== undefined && run.recorders.length > 0;
    if (replays && summary.reason === 'finished') {
      parts.hooks.onPhase?.('replaying');
      summary = { ...summary, ...(await replayed(parts, run, folder)) };
    }
  } catch (thrown) {
    error ??= toFarsimError(thrown);
  }
  parts.listen(undefined);
  noteEvent(folder, {
    event: 'ended',
    reason: error ? failureReason(error) : summary?.reason,
    ...(error && { code: error.code, message: error.message }),
  });
  error = await sealRun(folder, began, summary, error);
  if (summary) summary = { ...summary, files: await folder.files() };
  if (!error) return summary!;
  throw runError(error, folder, summary, run.recorders.length > 0);
}

/** What replaying adds to a run's summary; an interruption leaves the recording whole, so it is no failure. */
async function replayed(
  parts: RunParts,
  run: RunPlan,
  folder: RunFolder,
): Promise<Pick<RunSummary, 'replay'> | Pick<RunSummary, 'reason' | 'interrupted'>> {
  try {
    return { replay: await replayRun(parts, run, folder) };
  } catch (error) {
    if (!parts.hooks.signal.aborted || !isFarsimError(error) || error.code !== 'INTERRUPTED') throw error;
    return { reason: 'interrupted', interrupted: 'replaying' };
  }
}

/** Writes what a run's folder begins with. */
async function describe(parts: RunParts, run: RunPlan, folder: RunFolder): Promise<void> {
  const { plan, simulator } = parts;
  await folder.write('run.yaml', showConfig(plan.resolved, { asWritten: true }));
  const replayed = run.config.replay !== undefined;
  const model = replayed ? await saveModel(parts, run, folder) : undefined;
  if (replayed && model === undefined) await saveScene(parts, run, folder);
  await folder.write('run.json', describeRun(folder.id, plan, run, simulator, model));
}
