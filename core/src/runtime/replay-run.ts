import { FarsimError } from '../model/errors.ts';
import type { RunPlan } from './plan-pipeline.ts';
import type { RunFolder } from './run-folder.ts';
import type { RunParts } from './run-pipeline.ts';

export interface ReplayProgress {
  readonly episode: number;
  readonly episodes: number;
}

/** Replays a run's recording in the simulator that `run.replay` names, draws it where asked, and says how near it came. */
export async function replayRun(_parts: RunParts, _run: RunPlan, _folder: RunFolder): Promise<unknown> {
  throw new FarsimError('UNSUPPORTED', 'replay is not there yet');
}
