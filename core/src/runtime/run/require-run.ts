import { mkdtemp, rmdir } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { FarsimError } from '../../model/errors.ts';
import type { Simulator } from '../../ports/simulator.ts';
import type { PipelinePlan, RunPlan } from '../plan/pipeline-plan.ts';

/** The plan's run. Throws CONFIG_INVALID when the config asks for none. */
export function requireRun({ run }: PipelinePlan): RunPlan {
  if (run) return run;
  throw new FarsimError('CONFIG_INVALID', 'the config has no `run:` section', {
    suggestions: ['add `run: { simulator: plant, episodes: 1, steps: 100 }`'],
  });
}

/** Refuses, before anything is opened, a config without a run and a place where its folder could not be made: CONFIG_INVALID, DISK_FULL. `resume` is the folder of a run that is gone on with. Leaves nothing behind. */
export async function requireRunPlaces(plan: PipelinePlan, resume?: string): Promise<void> {
  const { config } = requireRun(plan);
  const folder = path.resolve(resume ?? config.folder);
  let above = folder;
  while (!existsSync(above) && above !== path.dirname(above)) above = path.dirname(above);
  try {
    await rmdir(await mkdtemp(path.join(above, '.farsim-')));
  } catch (error) {
    throw new FarsimError(
      'DISK_FULL',
      `the run's folder cannot be made in ${folder}: ${(error as Error).message}`,
      { suggestions: ['write elsewhere with run.folder=/path'], cause: error },
    );
  }
}

/** Refuses a simulator in which no recorded state can be put: UNSUPPORTED. */
export function requireView(name: string, { spec, setState }: Simulator): void {
  if (setState) return;
  throw new FarsimError(
    'UNSUPPORTED',
    `run.replay: nothing can be replayed in '${name}' (${spec.sim}): its state cannot be set`,
    { suggestions: ['name a simulator of this side, such as `view: { use: mujoco, model: from plant }`'] },
  );
}
