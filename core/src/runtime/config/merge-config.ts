import type { ConfigNode, MapEntry } from '../../yaml/config-node.ts';

/** Lays `later` over `earlier`: maps are merged key by key, anything else is replaced whole. */
export function mergeConfig(earlier: ConfigNode, later: ConfigNode): ConfigNode {
  if (earlier.kind !== 'map' || later.kind !== 'map') return later;
  const entries = new Map<string, MapEntry>(earlier.entries);
  for (const [key, entry] of later.entries) {
    const before = entries.get(key);
    entries.set(key, before ? { key: entry.key, node: mergeConfig(before.node, entry.node) } : entry);
  }
  return { ...earlier, entries };
}
