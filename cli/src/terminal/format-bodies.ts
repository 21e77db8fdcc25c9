import type { BodyPoseError } from '@farsim/core';
import { formatTable } from './format.ts';

const shownBodies = 12;

/** A table of how far bodies are and move from where they should be, the first few of them; nothing where there are none. */
export function formatBodies(bodies: readonly BodyPoseError[]): string[] {
  if (bodies.length === 0) return [];
  const rows = bodies
    .slice(0, shownBodies)
    .map(({ body, position, movingPosition, movingRotation }) => [
      body,
      `${position.toExponential(1)} m`,
      `${movingPosition.toExponential(1)} m`,
      `${movingRotation.toExponential(1)} rad`,
    ]);
  return [
    formatTable([['body', 'apart', 'moving apart', 'turning apart'], ...rows]),
    ...(bodies.length > shownBodies ? [`… and ${bodies.length - shownBodies} bodies that are nearer`] : []),
  ];
}
