import type { OpenContext } from '../../ports/plugin.ts';
import type { Transport } from '../../ports/transport.ts';
import { checkConfig } from '../../yaml/check-config.ts';
import { nodeFrom } from '../../yaml/config-node.ts';
import type { HostEntry } from '../config/config-schema.ts';
import type { PluginFinder } from '../plugins/find-plugin.ts';
import { hostTransport, withHostMeant } from '../config/host-sections.ts';
import type { PipelineHooks } from './ports-opener.ts';
import { readHosts } from '../config/read-hosts.ts';

/** A machine that is reached, and what the user's list says of it. */
export interface OpenedHost extends AsyncDisposable {
  readonly name: string;
  readonly entry: HostEntry;
  readonly transport: Transport;
}

/** Where a config names its own hosts. */
export interface HostPlace {
  readonly hosts?: Readonly<Record<string, HostEntry>>;
  /** Relative paths of theirs start from it. */
  readonly folder?: string;
}

/** Opens the way to a host as `on:` names it: an entry of the config's `hosts` or the user's hosts.yaml, an ssh destination, or `local`. Throws what the transport's opening throws. */
export async function openHost(
  name: string,
  finder: PluginFinder,
  { signal, progress, log }: PipelineHooks,
  { hosts = {}, folder = process.cwd() }: HostPlace = {},
): Promise<OpenedHost> {
  const entry = readHosts(hosts)[name] ?? (name === 'local' ? {} : { ssh: name });
  const { use, ...section } = hostTransport({ name, entry });
  const plugin = await finder.find('transport', use, folder);
  const config = checkConfig(plugin.config, nodeFrom(section, { source: `host ${name}` }), { at: [] });
  const none = (): Promise<never> => Promise.reject(new Error('a transport needs no other section'));
  const context: OpenContext = { name, folder, signal, progress, log, section: none, recording: none };
  const transport = (await plugin.open(config, { ...context })) as Transport;
  return { name, entry, transport, [Symbol.asyncDispose]: () => transport[Symbol.asyncDispose]() };
}

/** An error of reaching a host, with the host of the lists that was perhaps meant. */
export function toldHost(error: unknown, name: string, { hosts = {} }: HostPlace = {}): unknown {
  return withHostMeant(error, name, readHosts(hosts));
}
