import type { ReplayReport } from '@farsim/core';
import { formatBodies } from '../terminal/format-bodies.ts';

/** Metres and radians that a body may move otherwise than recorded without a word. */
const unremarkable = 1e-3;

/** How near a replay came to what was recorded, the worst bodies first. */
export function printReplay({ episodes, compared, conventions, bodies, unmatched }: ReplayReport): string {
  return [
    ...(compared === 0
      ? ['NOTHING was compared: the recording holds no bodies’ poses that the view has']
      : []),
    `replayed ${episodes} episodes; ${compared} states compared in ${bodies.length} bodies; conventions: ${conventions}`,
    ...formatBodies(bodies),
    ...(bodies.some((body) => !(Math.max(body.movingPosition, body.movingRotation) <= unremarkable))
      ? [
          'BODIES MOVE otherwise than recorded: `farsim map check` says where it begins; `--tolerance` fails for it',
        ]
      : []),
    ...(unmatched.length > 0 ? [`only recorded, not in the view: ${unmatched.join(', ')}`] : []),
  ].join('\n');
}
