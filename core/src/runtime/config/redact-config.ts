import { withEntry, type ConfigNode, type ScalarNode } from '../../yaml/config-node.ts';

const secretKey =
  /(token|password|passwd|passphrase|creds|credentials|secret|api_?key|[_-]key|(^|[_-])(pass|pwd|auth))$/i;
const userInfo = /(\w:\/\/)[^/\s@]+:[^/\s@]+@/g;
const hidden = '<redacted>';

export interface Redaction {
  /** What came out of the environment or a file stands as it was written: for what is stored. */
  readonly asWritten?: boolean;
}

/** Replaces what stands under a key such as `token` or `password`, and logins in URLs, for everything that is shown or stored. */
export function redactConfig(node: ConfigNode, redaction: Redaction = {}): ConfigNode {
  if (node.kind === 'scalar') return redactScalar(node, redaction);
  if (node.kind === 'list')
    return { ...node, items: node.items.map((item) => redactConfig(item, redaction)) };
  let redacted = node;
  for (const [key, entry] of node.entries) {
    const shown: ConfigNode = secretKey.test(key)
      ? { kind: 'scalar', value: hidden, origin: entry.node.origin }
      : redactConfig(entry.node, redaction);
    redacted = withEntry(redacted, key, shown, entry.key);
  }
  return redacted;
}

/** True for a text in which something was hidden. */
export function isRedacted(text: string): boolean {
  return text.includes(hidden);
}

/** The same for an override of the command line. */
export function redactOverride(override: string): string {
  const [, path, value] = /^([^=]*)=(.*)$/s.exec(override) ?? [];
  if (path === undefined || value === undefined) return override;
  return `${path}=${secretKey.test(path.split('.').at(-1)!) ? hidden : withoutLogins(value)}`;
}

function redactScalar(node: ScalarNode, { asWritten = false }: Redaction): ScalarNode {
  if (asWritten && node.written !== undefined) return { ...node, value: node.written };
  return typeof node.value === 'string' ? { ...node, value: withoutLogins(node.value) } : node;
}

function withoutLogins(text: string): string {
  return text.replace(userInfo, `$1${hidden}@`);
}
