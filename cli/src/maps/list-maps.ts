import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { MapSummary } from '@farsim/core';

/** The maps that a run's simulators had, by the simulator's name; none for a lone recording. */
export function readMaps(run: string): Readonly<Record<string, MapSummary>> {
  const file = path.join(run, 'run.json');
  if (!existsSync(file)) return {};
  const { simulators = {} } = JSON.parse(readFileSync(file, 'utf8')) as {
    readonly simulators?: Readonly<Record<string, { readonly map?: MapSummary }>>;
  };
  return Object.fromEntries(
    Object.entries(simulators).flatMap(([name, { map }]) => (map ? [[name, map] as const] : [])),
  );
}

/** A map in a few lines: its hash, and for each entity where the other side's joints come from. */
export function describeMap(simulator: string, { name, hash, entities }: MapSummary): string[] {
  return [
    `map of ${simulator}: ${name}, ${hash.slice(0, 12)}`,
    ...Object.entries(entities).map(([from, { to, joints, turned, follow }]) => {
      const inOrder = joints.every((row, i) => row === i);
      const order = joints.length === 0 ? '' : `, joints ${inOrder ? 'in the same order' : joints.join(' ')}`;
      const more = [
        ...Object.entries(turned ?? {}).map(([joint, [gain, shift]]) => `${joint} = ${gain} q + ${shift}`),
        ...Object.entries(follow ?? {}).map(([joint, leader]) => `${joint} follows ${leader}`),
      ];
      return `  ${from} → ${to}${order}${more.length > 0 ? `; ${more.join(', ')}` : ''}`;
    }),
  ];
}
