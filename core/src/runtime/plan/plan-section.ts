import { FarsimError, didYouMean, isFarsimError } from '../../model/errors.ts';
import type { AnyPlugin, PortKind } from '../../ports/plugin.ts';
import { checkConfig } from '../../yaml/check-config.ts';
import {
  childAt,
  nodeFrom,
  originText,
  pathText,
  plainValue,
  withEntry,
  withoutKeys,
  type ConfigNode,
  type ConfigPath,
  type MapNode,
} from '../../yaml/config-node.ts';
import { sectionsKey, type HostEntry } from '../config/config-schema.ts';
import type { PluginFinder } from '../plugins/find-plugin.ts';
import { findHost, hostDefaults, hostTransport, withHostMeant } from '../config/host-sections.ts';
import type { LoadedConfig } from '../config/load-config.ts';
import type { SectionPlan } from './pipeline-plan.ts';
import { readHosts } from '../config/read-hosts.ts';
import { requireAsked } from './require-asked.ts';
import { requireFiles } from './require-files.ts';
import { schemaKeys } from '../../yaml/schema-keys.ts';

/** Key of a section in a plan. */
export function sectionId(kind: PortKind, name: string): string {
  return `${kind}/${name}`;
}

/** Stands in a recorder's config for the folder of whichever run it will record. */
export const ofTheRun = '<the run’s folder>';

const defaultCodec = 'protobuf';

/** Plans sections one by one; those that only a need or a host asks for come into being here. */
export class SectionPlanner {
  readonly sections = new Map<string, SectionPlan>();
  readonly #loaded: LoadedConfig;
  readonly #finder: PluginFinder;
  readonly #hosts: Readonly<Record<string, HostEntry>>;

  constructor(loaded: LoadedConfig, finder: PluginFinder) {
    this.#loaded = loaded;
    this.#finder = finder;
    this.#hosts = readHosts(loaded.file.hosts);
  }

  /** Plans the section of that name. */
  async plan(kind: PortKind, name: string): Promise<void> {
    const at = [sectionsKey[kind], name];
    const node = at.reduce<ConfigNode | undefined>(
      (inside, step) => inside && childAt(inside, step),
      this.#loaded.root,
    );
    await this.planNode(kind, name, node as MapNode, at);
  }

  /** Plans a section whose content stands at `at`; a second time it is left as it is. */
  async planNode(kind: PortKind, name: string, written: MapNode, at: ConfigPath): Promise<void> {
    if (this.sections.has(sectionId(kind, name))) return;
    const use = String(plainValue(written.entries.get('use')!.node));
    const plugin = await this.#find(kind, use, written, at);
    const needNames = Object.keys(plugin.needs ?? {});
    const own = runFolderDefault(plugin, withoutKeys(written, ['use', ...needNames]));
    const node = hostDefaults(plugin, own, this.#hosts);
    const config = checkConfig(plugin.config, node, { at, otherKeys: ['use', ...needNames] });
    const { folder, file } = this.#loaded;
    requireFiles(plugin, config, { node, at, folder });
    plugin.check?.(config as never, folder);
    const recordings = requireAsked(plugin, config, { node, at, folder }, Object.keys(file.simulators));
    const needs: Record<string, string> = {};
    this.sections.set(sectionId(kind, name), { kind, name, plugin, config, needs, recordings });
    for (const [need, needKind] of Object.entries(plugin.needs ?? {})) {
      const bound = written.entries.get(need);
      needs[need] = bound
        ? await this.bound(needKind, bound.node, [...at, need])
        : await this.#byDefault(needKind, name, node, [...at, need], written);
    }
  }

  async #find(kind: PortKind, use: string, written: MapNode, at: ConfigPath): Promise<AnyPlugin> {
    try {
      return await this.#finder.find(kind, use, this.#loaded.folder);
    } catch (error) {
      if (!isFarsimError(error)) throw error;
      const origin = written.entries.get('use')!.node.origin;
      const { code, message, suggestions, details } = error;
      throw new FarsimError(code, `${originText(origin)}: ${pathText(at)}: ${message}`, {
        suggestions,
        details,
        cause: error,
      });
    }
  }

  /** A name of a section, or, where no section has it, of a plugin that needs no config. */
  async bound(kind: PortKind, node: ConfigNode, at: ConfigPath): Promise<string> {
    const name = String(plainValue(node));
    const named = Object.keys(this.#loaded.file[sectionsKey[kind]]);
    if (named.includes(name)) return name;
    if (kind === 'simulator' || kind === 'transport') {
      throw new FarsimError(
        'UNMET_NEED',
        `${originText(node.origin)}: ${pathText(at)}: there is no ${kind} '${name}' in \`${sectionsKey[kind]}\``,
        {
          suggestions: didYouMean(name, named),
        },
      );
    }
    return this.#implicit(kind, name, { use: name }, node, at);
  }

  async #byDefault(
    kind: PortKind,
    owner: string,
    node: MapNode,
    at: ConfigPath,
    written: MapNode,
  ): Promise<string> {
    if (kind === 'transport') return this.#hostTransport(node, at);
    const named = Object.keys(this.#loaded.file[sectionsKey[kind]]).filter((name) => name !== owner);
    if (named.length === 1) return named[0]!;
    if (kind === 'codec' && named.length === 0)
      return this.#implicit(kind, defaultCodec, { use: defaultCodec }, written, at);
    const choice =
      named.length === 0 ? `the config has no ${sectionsKey[kind]}` : `choose one of ${named.join(', ')}`;
    throw new FarsimError(
      'UNMET_NEED',
      `${originText(written.origin)}: ${pathText(at)} needs a ${kind}: ${choice}`,
    );
  }

  async #hostTransport(node: MapNode, at: ConfigPath): Promise<string> {
    const host = findHost(node, this.#hosts);
    const section = hostTransport(host);
    const name = `on:${host.name}`;
    await this.#implicit('transport', name, section, node.entries.get('on')?.node ?? node, at);
    const planned = this.sections.get(sectionId('transport', name))!;
    this.sections.set(sectionId('transport', name), {
      ...planned,
      explain: (error) => withHostMeant(error, host.name, this.#hosts),
    });
    return name;
  }

  async #implicit(
    kind: PortKind,
    name: string,
    content: Readonly<Record<string, unknown>>,
    from: ConfigNode,
    at: ConfigPath,
  ): Promise<string> {
    await this.planNode(kind, name, nodeFrom(content, from.origin) as MapNode, at);
    return name;
  }
}

function runFolderDefault(plugin: AnyPlugin, section: MapNode): MapNode {
  const takesFolder = plugin.kind === 'recorder' && schemaKeys(plugin.config, []).includes('folder');
  if (!takesFolder || section.entries.has('folder')) return section;
  return withEntry(section, 'folder', nodeFrom(ofTheRun, { source: 'default' }));
}
