import type { WorldSpec } from '../model/world-spec.ts';
import type { OpenContext } from '../ports/plugin.ts';
import type { Simulator } from '../ports/simulator.ts';

const fromSection = /^from (\S+)$/;

/** The section that `from NAME` means; undefined for what is written otherwise, such as a run's folder. */
export function sectionNamed(text: string): string | undefined {
  return fromSection.exec(text)?.[1];
}

/** The spec of the simulator that `from NAME` means, or of the one that a recording was made of. Throws RECORDING_INVALID. */
export async function specNamed(text: string, { section, recording }: OpenContext): Promise<WorldSpec> {
  const name = sectionNamed(text);
  if (name !== undefined) return ((await section('simulator', name)) as Simulator).spec;
  await using opened = await recording(text);
  return opened.rounds[0]!.spec;
}
