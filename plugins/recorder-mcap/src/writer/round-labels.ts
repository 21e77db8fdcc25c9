import type { RoundHeader } from '@farsim/core';

/** The recording schema that this package writes, and the newest that it reads. */
export const recordingSchema = 1;

/** What other people's tools show of a round (MCAP metadata `farsim`). */
export function headerLabels({ round, spec, specHash, seed, controller }: RoundHeader): [string, string][] {
  const labels: [string, string][] = [
    ['schema', String(recordingSchema)],
    ['round', String(round)],
    ['sim', spec.sim],
    ['task', spec.task],
    ['num_envs', String(spec.num_envs)],
    ['step_dt', String(spec.step_dt)],
    ['spec_hash', specHash],
  ];
  if (seed !== undefined) labels.push(['seed', String(seed)]);
  if (controller !== undefined) labels.push(['controller', controller]);
  return labels;
}
