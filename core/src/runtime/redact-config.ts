import { withEntry, type ConfigNode } from './config-node.ts';

const secretKey = /(token|password|passphrase|creds|credentials|secret|api_?key)$/i;
const hidden = '<redacted>';

/** Replaces what stands under a key such as `token` or `password`, for everything that is shown or stored. */
export function redactConfig(node: ConfigNode): ConfigNode {
  if (node.kind === 'scalar') return node;
  if (node.kind === 'list') return { ...node, items: node.items.map(redactConfig) };
  let redacted = node;
  for (const [key, entry] of node.entries) {
    const secret = secretKey.test(key);
    redacted = withEntry(
      redacted,
      key,
      secret ? { kind: 'scalar', value: hidden, origin: entry.node.origin } : redactConfig(entry.node),
      entry.key,
    );
  }
  return redacted;
}
