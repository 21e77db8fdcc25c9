import { FarsimError, toFarsimError } from '../../model/errors.ts';
import type { Recording } from '../../ports/recorder.ts';
import type { FarRunState } from '../../remote/detached/far-recording.ts';
import { compareRecordings } from '../../rollout/compare-recordings.ts';
import type { ReplayReport } from '../../rollout/replay.ts';
import { errorFromReport } from '../../session/far-errors.ts';
import { noteEvent, type RunFolder } from '../run/run-folder.ts';
import type { RunSummary } from '../run/run-summary.ts';
import { runError, sealRun } from '../run/seal-run.ts';

export interface FinishOptions {
  /** The fetched recording, sealed; undefined where there is none. */
  readonly recording: Recording | undefined;
  readonly began: Date;
  /** The recording whose actions the run applied, where it is here. */
  readonly acts?: Recording | undefined;
  /** Replays the recording as the run's config says; called for a run that finished. */
  readonly replay?: (() => Promise<ReplayReport>) | undefined;
}

/** How a far run that is over came to its end, and the error where it did not end well. */
export function endOfFarRun({ outcome, ended }: FarRunState): {
  readonly reason: RunSummary['reason'];
  readonly error?: FarsimError;
} {
  const failed = (error: FarsimError) => ({ reason: 'failed', error }) as const;
  if (outcome?.error) return failed(errorFromReport(outcome.error));
  if (ended?.crash) return failed(errorFromReport(ended.crash));
  if (outcome?.reason === 'finished') return { reason: 'finished' };
  if (!ended)
    return failed(
      new FarsimError(
        'SESSION_EXPIRED',
        'the run ended before it was done, and its machine does not know why',
        {
          suggestions: ['was it restarted?'],
        },
      ),
    );
  if (ended.status === 0) return { reason: 'interrupted' };
  const code = ended.status === leaseOver ? 'SESSION_EXPIRED' : 'SIMULATOR_CRASHED';
  return failed(new FarsimError(code, `the run was ended before it was done: ${ended.reason}`));
}

const leaseOver = 7;

/** Does for a fetched run what `farsim run` does after its last step: replays, sums up, and seals the folder. Throws what ended the run early. */
export async function finishDetached(
  folder: RunFolder,
  state: FarRunState,
  { recording, began, acts, replay }: FinishOptions,
): Promise<RunSummary> {
  const end = endOfFarRun(state);
  let { error } = end;
  let summary = await summarise(folder, state, end.reason, recording);
  if (acts && recording)
    summary = { ...summary, controller: { divergence: await compareRecordings(acts, recording) } };
  if (end.reason === 'finished' && replay) {
    try {
      summary = { ...summary, replay: await replay() };
    } catch (thrown) {
      error = toFarsimError(thrown);
      if (error.code === 'INTERRUPTED') {
        summary = { ...summary, reason: 'interrupted', interrupted: 'replaying' };
        error = undefined;
      }
    }
  }
  noteEvent(folder, {
    event: 'ended',
    reason: error ? 'failed' : summary.reason,
    said: state.ended?.reason,
    ...(error && { code: error.code, message: error.message }),
  });
  error = await sealRun(folder, began, summary, error);
  summary = { ...summary, files: await folder.files() };
  if (error) throw runError(error, folder, summary, true);
  return summary;
}

/** Counts what the recording holds; times and the wall clock are the far side's. */
async function summarise(
  folder: RunFolder,
  { outcome }: FarRunState,
  reason: RunSummary['reason'],
  recording: Recording | undefined,
): Promise<RunSummary> {
  let [frames, steps] = [0, 0];
  for (const { round } of recording?.rounds ?? []) {
    for await (const { action } of recording!.rows(round)) {
      frames++;
      if (action !== undefined) steps++;
    }
  }
  const { step, reset } = outcome?.times ?? {};
  const envs = recording?.rounds[0]?.spec.num_envs ?? 0;
  const episodes = recording?.episodes ?? [];
  return {
    id: folder.id,
    folder: folder.path,
    reason,
    rounds: recording?.rounds.length ?? 0,
    episodes,
    frames,
    steps,
    simulatedSeconds: episodes.reduce((sum, episode) => sum + episode.simulatedSeconds, 0),
    wallSeconds: outcome?.wallSeconds ?? 0,
    stepsPerSecond: step ? envs / step.mean : 0,
    times: { ...(reset && { reset }), ...(step && { step }) },
    files: [],
  };
}
