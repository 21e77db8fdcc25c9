import type { ZodType, infer as Infer } from 'zod';
import { FarsimError, didYouMean } from '../model/errors.ts';
import {
  childAt,
  originAt,
  originText,
  pathText,
  plainValue,
  type ConfigNode,
  type ConfigPath,
} from './config-node.ts';
import { schemaKeys, schemasAt } from './schema-keys.ts';
import { commandLine, unwantedValue } from './unwanted-value.ts';

/** A config that is wrong everywhere is not told to its end. */
const toldFaults = 5;

type Issue = NonNullable<ReturnType<ZodType['safeParse']>['error']>['issues'][number];

export interface Checked {
  /** Where `node` stands in the config, for messages. */
  readonly at: ConfigPath;
  /** Keys that are read by something else than the schema: `use`, needs. */
  readonly otherKeys?: readonly string[];
}

/** Validates a node and fills defaults. Throws UNKNOWN_KEY or CONFIG_INVALID for the first fault, with its place and all others below. */
export function checkConfig<Schema extends ZodType>(
  schema: Schema,
  node: ConfigNode,
  checked: Checked,
): Infer<Schema> {
  const result = schema.safeParse(plainValue(node));
  if (result.success) return result.data as Infer<Schema>;
  const faults = result.error.issues.flatMap(innermost).map((issue) => faultOf(schema, node, issue, checked));
  const told = faults.slice(0, toldFaults);
  const more = faults.length > toldFaults ? [`and ${faults.length - toldFaults} more`] : [];
  throw new FarsimError(faults[0]!.code, [...told.map(({ message }) => message), ...more].join('\n'), {
    suggestions: [...new Set(told.flatMap(({ suggestions }) => suggestions))],
    details: { places: faults.map(({ place }) => place) },
  });
}

interface Fault {
  readonly code: 'UNKNOWN_KEY' | 'CONFIG_INVALID';
  readonly place: string;
  readonly message: string;
  readonly suggestions: readonly string[];
}

/** A union's fault is that of the option that came furthest; where none came anywhere, its own. */
function innermost(issue: Issue): Issue[] {
  if (issue.code !== 'invalid_union' || issue.errors.length === 0) return [issue];
  const depth = (issues: readonly Issue[]): number => Math.max(...issues.map(({ path }) => path.length), 0);
  const furthest = (issue.errors as Issue[][]).toSorted(
    (a, b) => depth(b) - depth(a) || a.length - b.length,
  )[0]!;
  if (depth(furthest) === 0 && furthest.every(isPlain)) return [issue];
  return furthest.flatMap((inner) => innermost({ ...inner, path: [...issue.path, ...inner.path] }));
}

/** True for what zod says in words of its own: another type, another value, out of range. */
function isPlain({ message }: Issue): boolean {
  return /^(Invalid (input|option)|Too (small|big))/.test(message);
}

function faultOf(schema: ZodType, node: ConfigNode, issue: Issue, { at, otherKeys = [] }: Checked): Fault {
  const path = issue.path as ConfigPath;
  if (issue.code !== 'unrecognized_keys') {
    const place = originText(originAt(node, path));
    const key = pathText([...at, ...path]);
    const { said, suggestions } = isPlain(issue)
      ? unwantedValue(schemasAt(schema, path), nodeAt(node, path), key)
      : { said: lowerFirst(issue.message), suggestions: [] };
    return { code: 'CONFIG_INVALID', place, message: `${place}: ${key}: ${said}`, suggestions };
  }
  const key = issue.keys[0]!;
  const parent = nodeAt(node, path);
  const keyOrigin = parent?.kind === 'map' ? parent.entries.get(key)?.key : undefined;
  const place = originText(keyOrigin ?? originAt(node, path));
  const known = [...schemaKeys(schema, path), ...(path.length === 0 ? otherKeys : [])];
  const list = known.length > 0 && known.length <= 24 ? `; it may hold ${known.join(', ')}` : '';
  return {
    code: 'UNKNOWN_KEY',
    place,
    message: `${place}: ${pathText([...at, ...path]) || 'the config'} has no key '${key}'${list}`,
    suggestions: [...didYouMean(key, known), ...wholePath(at, path, key, place)],
  };
}

function nodeAt(node: ConfigNode, path: ConfigPath): ConfigNode | undefined {
  return path.reduce<ConfigNode | undefined>((inside, step) => inside && childAt(inside, step), node);
}

/** For `env=2` on the command line, where a key deeper inside was meant. */
function wholePath(at: ConfigPath, path: ConfigPath, key: string, place: string): string[] {
  if (at.length + path.length > 0 || place !== commandLine) return [];
  return [`name the whole path, such as simulators.NAME.${key}=… or run.${key}=…`];
}

function lowerFirst(sentence: string): string {
  return sentence.charAt(0).toLowerCase() + sentence.slice(1);
}
