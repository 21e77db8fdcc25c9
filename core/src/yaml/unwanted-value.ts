import { z, type ZodType } from 'zod';
import { plainValue, type ConfigNode } from './config-node.ts';
import { givenValue, wantedValue } from './wanted-value.ts';

/** Where overrides come from. */
export const commandLine = 'command line';

/** Says that what stands at `key` is not what its schemas take: the sentence, and what would be right. */
export function unwantedValue(
  schemas: readonly ZodType[],
  given: ConfigNode | undefined,
  key: string,
): { readonly said: string; readonly suggestions: readonly string[] } {
  const { form, meaning } = wantedValue(schemas.length === 1 ? schemas[0]! : z.union(schemas));
  const means = meaning === undefined ? [] : [`${key}: ${meaning}`];
  if (!given) return { said: `is missing; it is ${form}`, suggestions: means };
  const said = `${givenValue(plainValue(given))} is not ${form}`;
  if (form !== 'text' || given.kind !== 'scalar') return { said, suggestions: means };
  const isTyped = given.origin.source === commandLine;
  const asText = isTyped ? `'${key}="${given.value}"'` : `${key}: "${given.value}"`;
  return { said, suggestions: [`${asText} is text`, ...means] };
}
