import { FarsimError, didYouMean } from '../../model/errors.ts';
import { commandLine } from '../../yaml/unwanted-value.ts';
import {
  childAt,
  nodeFrom,
  plainValue,
  withEntry,
  withoutKeys,
  type ConfigNode,
  type Origin,
} from '../../yaml/config-node.ts';
import { readConfigText } from '../../yaml/read-config.ts';

/** True for an argument of the form `key.path=value`, `+key=value` or `~key`. */
export function isOverride(argument: string): boolean {
  return /^(~[^=\s]+|\+?[A-Za-z_][^=\s]*=.*)$/s.test(argument);
}

/**
 * Applies one override of the command line: `key.path=value` sets a value (YAML) in a map or list that is there, `+key=value`
 * also makes the maps on its way and appends to a list, `~key` removes. Throws USAGE or UNKNOWN_KEY.
 */
export function applyOverride(root: ConfigNode, override: string): ConfigNode {
  if (!isOverride(override)) {
    throw new FarsimError('USAGE', `'${override}' is not an override`, {
      suggestions: ['write key.path=value, +key.path=value or ~key.path'],
    });
  }
  const origin: Origin = { source: commandLine };
  if (override.startsWith('~'))
    return change(root, segmentsOf(override.slice(1)), { override, origin, mode: 'remove' });
  const adds = override.startsWith('+');
  const equals = override.indexOf('=');
  const text = override.slice(equals + 1);
  const value = text === '' ? '' : plainValue(readConfigText(text, `override '${override}'`));
  const node = nodeFrom(value, origin);
  return change(root, segmentsOf(override.slice(adds ? 1 : 0, equals)), {
    override,
    origin,
    mode: adds ? 'add' : 'set',
    node,
  });
}

interface Change {
  readonly override: string;
  readonly origin: Origin;
  readonly mode: 'set' | 'add' | 'remove';
  readonly node?: ConfigNode;
}

function segmentsOf(path: string): string[] {
  return path.split(/\.|\[(\d+)\]/).filter((segment) => segment !== undefined && segment !== '');
}

function change(node: ConfigNode, path: readonly string[], wanted: Change): ConfigNode {
  const [step, ...rest] = path as [string, ...string[]];
  const child = childAt(node, step);
  if (node.kind === 'scalar' && !(node.value === null && wanted.mode === 'add')) {
    throw new FarsimError('UNKNOWN_KEY', `${wanted.override}: '${step}' has no place below a plain value`);
  }
  if (rest.length > 0 && !child && wanted.mode !== 'add') throw unknown(node, step, wanted);
  const replaced =
    rest.length > 0
      ? change(child ?? nodeFrom({}, wanted.origin), rest, wanted)
      : lastStep(node, step, child, wanted);
  if (node.kind === 'list') return changeList(node.items, Number(step), replaced, node.origin, wanted);
  const map =
    node.kind === 'map' ? node : ({ kind: 'map', entries: new Map(), origin: wanted.origin } as const);
  if (!replaced) return withoutKeys(map, [step]);
  return withEntry(map, step, replaced, map.entries.get(step)?.key ?? wanted.origin);
}

function lastStep(
  node: ConfigNode,
  step: string,
  child: ConfigNode | undefined,
  wanted: Change,
): ConfigNode | undefined {
  if (wanted.mode === 'remove') {
    if (!child) throw unknown(node, step, wanted);
    return undefined;
  }
  if (wanted.mode === 'add' && child?.kind === 'list') {
    const added = wanted.node!.kind === 'list' ? wanted.node!.items : [wanted.node!];
    return { ...child, items: [...child.items, ...added] };
  }
  return wanted.node;
}

function changeList(
  items: readonly ConfigNode[],
  index: number,
  replaced: ConfigNode | undefined,
  origin: Origin,
  wanted: Change,
): ConfigNode {
  if (
    !Number.isInteger(index) ||
    index < 0 ||
    index > items.length ||
    (index === items.length && wanted.mode !== 'add')
  ) {
    throw new FarsimError(
      'UNKNOWN_KEY',
      `${wanted.override}: the list has ${items.length} items, counted from 0`,
    );
  }
  return { kind: 'list', items: items.toSpliced(index, 1, ...(replaced ? [replaced] : [])), origin };
}

function unknown(node: ConfigNode, step: string, { override, mode }: Change): FarsimError {
  const known = node.kind === 'map' ? [...node.entries.keys()] : [];
  return new FarsimError('UNKNOWN_KEY', `${override}: there is no '${step}' to change`, {
    suggestions: [
      ...didYouMean(step, known),
      ...(mode === 'remove' ? [] : [`write +${override.replace(/^\+/, '')} to add it`]),
    ],
  });
}
