import { FarsimError, isFarsimError, nearestName } from '../../model/errors.ts';
import type { AnyPlugin } from '../../ports/plugin.ts';
import { nodeFrom, plainValue, withEntry, type MapNode } from '../../yaml/config-node.ts';
import type { HostEntry } from './config-schema.ts';
import { mergeConfig } from './merge-config.ts';
import { schemaKeys } from '../../yaml/schema-keys.ts';

/** A machine as `on:` names it. */
export interface NamedHost {
  readonly name: string;
  readonly entry: HostEntry;
}

/** The host of a simulator section: an entry of `hosts`, an ssh destination, or this machine. */
export function findHost(section: MapNode, hosts: Readonly<Record<string, HostEntry>>): NamedHost {
  const on = section.entries.get('on');
  const name = on ? String(plainValue(on.node)) : 'local';
  return { name, entry: hosts[name] ?? (name === 'local' ? {} : { ssh: name }) };
}

/** Adds to HOST_UNREACHABLE which host may have been meant, where `name` is none of `hosts`; other errors are given as they are. */
export function withHostMeant(
  error: unknown,
  name: string,
  hosts: Readonly<Record<string, HostEntry>>,
): unknown {
  if (!isFarsimError(error) || error.code !== 'HOST_UNREACHABLE' || name === 'local' || hosts[name])
    return error;
  const meant = nearestName(name, [...Object.keys(hosts), 'local']);
  if (meant === undefined) return error;
  const { code, message, suggestions, details, cause } = error;
  return new FarsimError(code, message, {
    suggestions: [`did you mean host '${meant}'?`, ...suggestions],
    details,
    cause,
  });
}

/** The section of the transport that reaches a host. */
export function hostTransport({ entry: { ssh, nats } }: NamedHost): {
  readonly use: string;
  readonly [key: string]: unknown;
} {
  if (nats) return { use: 'nats', ...nats };
  if (ssh === undefined) return { use: 'local' };
  return { use: 'ssh', ...(typeof ssh === 'string' ? { host: ssh } : ssh) };
}

/** Fills what a simulator's section leaves out from its host's entry: python, cwd, env and the like, as far as the plugin reads them. */
export function hostDefaults(
  plugin: AnyPlugin,
  section: MapNode,
  hosts: Readonly<Record<string, HostEntry>>,
): MapNode {
  if (!schemaKeys(plugin.config, []).includes('on')) return section;
  const { name, entry } = findHost(section, hosts);
  const known = new Set(schemaKeys(plugin.config, []));
  let filled = section;
  for (const [key, value] of Object.entries(entry)) {
    if (key === 'ssh' || key === 'nats' || !known.has(key) || value === undefined) continue;
    const given = nodeFrom(value, { source: `hosts.${name}` });
    const own = section.entries.get(key);
    filled = withEntry(filled, key, own ? mergeConfig(given, own.node) : given, own?.key);
  }
  return filled;
}
