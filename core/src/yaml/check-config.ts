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
import { schemaKeys } from './schema-keys.ts';

/** Where overrides come from. */
export const commandLine = 'command line';

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
  const [first, ...others] = faults as [Fault, ...Fault[]];
  throw new FarsimError(first.code, [first, ...others].map(({ message }) => message).join('\n'), {
    suggestions: faults.flatMap(({ suggestions }) => suggestions),
    details: { places: faults.map(({ place }) => place) },
  });
}

interface Fault {
  readonly code: 'UNKNOWN_KEY' | 'CONFIG_INVALID';
  readonly place: string;
  readonly message: string;
  readonly suggestions: readonly string[];
}

/** A union's fault is that of the option that came furthest. */
function innermost(issue: Issue): Issue[] {
  if (issue.code !== 'invalid_union' || issue.errors.length === 0) return [issue];
  const depth = (issues: readonly Issue[]): number => Math.max(...issues.map(({ path }) => path.length), 0);
  const furthest = (issue.errors as Issue[][]).toSorted(
    (a, b) => depth(b) - depth(a) || a.length - b.length,
  )[0]!;
  const expected = [
    ...new Set(
      (issue.errors as Issue[][]).flat().flatMap((i) => ('expected' in i ? [String(i.expected)] : [])),
    ),
  ];
  if (depth(furthest) === 0 && furthest.every(({ code }) => code === 'invalid_type')) {
    return [{ ...issue, message: `expected ${expected.join(' or ')}` }];
  }
  return furthest.flatMap((inner) => innermost({ ...inner, path: [...issue.path, ...inner.path] }));
}

function faultOf(schema: ZodType, node: ConfigNode, issue: Issue, { at, otherKeys = [] }: Checked): Fault {
  const path = issue.path as ConfigPath;
  if (issue.code !== 'unrecognized_keys') {
    const place = originText(originAt(node, path));
    const keys = schemaKeys(schema, path);
    const form =
      takesMap(issue) && keys.length > 0
        ? `; it is a map: { ${keys.map((key) => `${key}: …`).join(', ')} }`
        : '';
    const message = `${place}: ${pathText([...at, ...path])}: ${lowerFirst(issue.message)}${form}`;
    return { code: 'CONFIG_INVALID', place, message, suggestions: [] };
  }
  const key = issue.keys[0]!;
  const parent = path.reduce<ConfigNode | undefined>((inside, step) => inside && childAt(inside, step), node);
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

/** For `env=2` on the command line, where a key deeper inside was meant. */
function wholePath(at: ConfigPath, path: ConfigPath, key: string, place: string): string[] {
  if (at.length + path.length > 0 || place !== commandLine) return [];
  return [`name the whole path, such as simulators.NAME.${key}=… or run.${key}=…`];
}

function takesMap(issue: Issue): boolean {
  return issue.code === 'invalid_type' && issue.expected === 'object';
}

function lowerFirst(sentence: string): string {
  return sentence.charAt(0).toLowerCase() + sentence.slice(1);
}
