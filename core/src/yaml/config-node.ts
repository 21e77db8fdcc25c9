/** Where a value was written: a file's place, the command line, or a plugin's default. */
export interface Origin {
  readonly source: string;
  /** From 1. */
  readonly line?: number;
  readonly column?: number;
}

export type Scalar = string | number | boolean | null;

/** A config value that remembers where it was written. */
export type ConfigNode = ScalarNode | ListNode | MapNode;

export interface ScalarNode {
  readonly kind: 'scalar';
  readonly value: Scalar;
  readonly origin: Origin;
  /** The text that stood there, where a part of the value came out of the environment or a file. */
  readonly written?: string;
}

export interface ListNode {
  readonly kind: 'list';
  readonly items: readonly ConfigNode[];
  readonly origin: Origin;
}

export interface MapNode {
  readonly kind: 'map';
  readonly entries: ReadonlyMap<string, MapEntry>;
  readonly origin: Origin;
}

export interface MapEntry {
  /** Where the key stands. */
  readonly key: Origin;
  readonly node: ConfigNode;
}

export type ConfigPath = readonly (string | number)[];

/** `pipeline.yaml:3:5`, or the source alone. */
export function originText({ source, line, column }: Origin): string {
  return line === undefined ? source : `${source}:${line}:${column ?? 1}`;
}

/** `simulators.plant.envs`, `run.video.episodes[0]`. */
export function pathText(path: ConfigPath): string {
  return path.reduce<string>((text, step) => {
    if (typeof step === 'number') return `${text}[${step}]`;
    return text === '' ? step : `${text}.${step}`;
  }, '');
}

/** The node's value as plain JSON. */
export function plainValue(node: ConfigNode): unknown {
  if (node.kind === 'scalar') return node.value;
  if (node.kind === 'list') return node.items.map(plainValue);
  return Object.fromEntries(Array.from(node.entries, ([key, entry]) => [key, plainValue(entry.node)]));
}

/** Wraps plain JSON in nodes that all come from `origin`. */
export function nodeFrom(value: unknown, origin: Origin): ConfigNode {
  if (Array.isArray(value))
    return { kind: 'list', items: value.map((item) => nodeFrom(item, origin)), origin };
  if (typeof value === 'object' && value !== null) {
    const entries = Object.entries(value).filter(([, item]) => item !== undefined);
    return {
      kind: 'map',
      entries: new Map(entries.map(([key, item]) => [key, { key: origin, node: nodeFrom(item, origin) }])),
      origin,
    };
  }
  return { kind: 'scalar', value: value as Scalar, origin };
}

/** The child at one step of a path. */
export function childAt(node: ConfigNode, step: string | number): ConfigNode | undefined {
  if (node.kind === 'map') return node.entries.get(String(step))?.node;
  if (node.kind === 'list') return node.items[Number(step)];
  return undefined;
}

/** The place to name in a message about `path`: that of the value, or of what is nearest above it. */
export function originAt(root: ConfigNode, path: ConfigPath): Origin {
  let node = root;
  for (const step of path) {
    const child = childAt(node, step);
    if (!child) break;
    node = child;
  }
  return node.origin;
}

/** A map with `key` set; the other entries keep their order. */
export function withEntry(
  map: MapNode,
  key: string,
  node: ConfigNode,
  keyOrigin: Origin = node.origin,
): MapNode {
  const entries = new Map(map.entries);
  entries.set(key, { key: keyOrigin, node });
  return { ...map, entries };
}

/** A map without these keys. */
export function withoutKeys(map: MapNode, keys: Iterable<string>): MapNode {
  const entries = new Map(map.entries);
  for (const key of keys) entries.delete(key);
  return { ...map, entries };
}

/** Adds what is missing in `node` from `value`, the same value after a schema filled its defaults. */
export function withDefaults(node: ConfigNode | undefined, value: unknown, defaults: Origin): ConfigNode {
  if (!node) return nodeFrom(value, defaults);
  if (node.kind !== 'map' || typeof value !== 'object' || value === null || Array.isArray(value)) return node;
  let filled = node;
  for (const [key, item] of Object.entries(value)) {
    if (item === undefined) continue;
    const entry = node.entries.get(key);
    filled = withEntry(filled, key, withDefaults(entry?.node, item, defaults), entry?.key ?? defaults);
  }
  return filled;
}
