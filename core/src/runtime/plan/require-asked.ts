import { realpathSync } from 'node:fs';
import { FarsimError, didYouMean } from '../../model/errors.ts';
import type { AnyPlugin, NamedFiles } from '../../ports/plugin.ts';
import { sectionNamed } from '../../simulators/named-spec.ts';
import { originAt, originText, pathText } from '../../yaml/config-node.ts';
import { findRecording } from '../ports/open-recording.ts';
import type { SectionPlan } from './pipeline-plan.ts';
import type { PlacedSection } from './require-files.ts';

/**
 * Throws UNMET_NEED for the first simulator and FILE_NOT_FOUND for the first recording, with its place, that opening this section would
 * ask for and not find. Gives where the recordings are, by what is written: `runs/latest` is another one when the run has begun.
 */
export function requireAsked(
  plugin: AnyPlugin,
  config: unknown,
  { node, at, folder }: PlacedSection,
  simulators: readonly string[],
): Readonly<Record<string, string>> {
  const recordings: Record<string, string> = {};
  for (const [key, text] of askedTexts(plugin.asksFor?.(config as never))) {
    const place = `${originText(originAt(node, [key]))}: ${pathText([...at, key])}`;
    const name = sectionNamed(text);
    if (name === undefined) recordings[text] = realpathSync(findRecording(text, folder, `${place}: `));
    else if (!simulators.includes(name)) {
      throw new FarsimError('UNMET_NEED', `${place}: there is no simulator '${name}'`, {
        suggestions: didYouMean(name, simulators),
      });
    }
  }
  return recordings;
}

/** Throws UNMET_NEED when simulators wait for each other. */
export function requireNoCircle(sections: Iterable<SectionPlan>): void {
  const asked = new Map<string, readonly string[]>();
  for (const section of sections) {
    if (section.kind === 'simulator') asked.set(section.name, simulatorsOf(section));
  }
  const settled = new Set<string>();
  const visit = (name: string, askers: readonly string[]): void => {
    if (askers.includes(name)) {
      const circle = [...askers.slice(askers.indexOf(name)), name].map((one) => `simulators.${one}`);
      throw new FarsimError('UNMET_NEED', `these sections wait for each other: ${circle.join(' → ')}`, {
        suggestions: ['one of them must do without the next one'],
      });
    }
    if (settled.has(name)) return;
    for (const next of asked.get(name) ?? []) visit(next, [...askers, name]);
    settled.add(name);
  };
  for (const name of asked.keys()) visit(name, []);
}

/** Simulators that are opened before this one. */
export function simulatorsOf({ plugin, config, needs }: SectionPlan): string[] {
  const bound = Object.entries(plugin.needs ?? {}).filter(([, kind]) => kind === 'simulator');
  const named = askedTexts(plugin.asksFor?.(config as never)).map(([, text]) => sectionNamed(text) ?? []);
  return [...bound.map(([need]) => needs[need]!), ...named.flat()];
}

function askedTexts(asked: NamedFiles = {}): [key: string, text: string][] {
  return Object.entries(asked).flatMap(([key, texts]) =>
    [texts ?? []].flat().map((text): [string, string] => [key, text]),
  );
}
