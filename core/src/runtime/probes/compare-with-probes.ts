import type { WorldSpec } from '../../model/world-spec.ts';
import { findProbes } from './kept-probes.ts';

/** What a user should know of an opened simulator: a convention that changed since it was probed, a probe that had failed. */
export function compareWithProbes(name: string, spec: WorldSpec): string[] {
  const { report, changes, at } = findProbes(spec);
  if (changes.length > 0)
    return [
      `${name}: since \`farsim doctor\` of ${day(at)}: ${changes.join('; ')}; probe it again with \`farsim doctor\``,
    ];
  const failed =
    report?.results.filter(({ outcome }) => outcome === 'failed').map(({ probe }) => probe) ?? [];
  if (failed.length === 0) return [];
  return [`${name}: \`farsim doctor\` of ${day(report?.at)} found it wrong in: ${failed.join(', ')}`];
}

function day(at: string | undefined): string {
  return at?.slice(0, 10) ?? 'before';
}
