import { existsSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { FarsimError, didYouMean, toFarsimError } from '../../model/errors.ts';
import type { AnyPlugin, PortKind } from '../../ports/plugin.ts';
import { pythonSimulator } from '../../remote/python-simulator.ts';
import { builtInControllers } from '../../rollout/built-in-controllers.ts';
import { mirroredSimulator } from '../../simulators/mirrored.ts';
import { mappedSimulator } from '../../simulators/mapped.ts';
import { recordedSimulator } from '../../simulators/recorded.ts';
import { loadPlugin } from './load-plugin.ts';
import {
  findPackage,
  findPluginPackage,
  listInstalledPackages,
  listPluginPackages,
  type PluginPackage,
  type PluginProvision,
} from './plugin-packages.ts';

/** A plugin that `use:` could name. */
export interface ListedPlugin {
  readonly kind: PortKind;
  readonly name: string;
  readonly from: string;
  readonly version: string;
}

/** What {@link PluginFinder.loadAll} found: one broken package must not hide the others. */
export interface LoadedPlugins {
  readonly plugins: readonly AnyPlugin[];
  readonly broken: readonly { readonly plugin: ListedPlugin; readonly error: FarsimError }[];
}

const packagePrefix: Readonly<Record<PortKind, string>> = {
  simulator: 'farsim-sim-',
  transport: 'farsim-transport-',
  codec: 'farsim-codec-',
  recorder: 'farsim-recorder-',
  controller: 'farsim-controller-',
};

const inCore: readonly AnyPlugin[] = [
  ...builtInControllers,
  ...([
    pythonSimulator,
    recordedSimulator,
    mirroredSimulator,
    mappedSimulator,
  ] as unknown as readonly AnyPlugin[]),
];

/** Packages that one user has for all of their configs: a folder in which `npm install` was run. */
export function installedPluginsFolder(): string {
  const config = process.env.XDG_CONFIG_HOME ?? path.join(os.homedir(), '.config');
  return path.join(config, 'farsim', 'plugins');
}

/**
 * Finds what `use:` names: a file, a package seen from the config's folder, what comes with farsim, what was installed for
 * the user, in this order. Only the module that holds the plugin is imported.
 */
export class PluginFinder {
  readonly #comesWith: string | undefined;

  /** Plugins that the package in `comesWith` depends on need not be installed beside the config; left out: those of the package `farsim`, as this one sees it. */
  constructor(comesWith: string | undefined = findPackage('farsim', import.meta.dirname)) {
    this.#comesWith = comesWith;
  }

  /** Throws UNKNOWN_PLUGIN when there is none, UNSUPPORTED when it is made for another plugin api. */
  async find(kind: PortKind, use: string, folder: string): Promise<AnyPlugin> {
    if (/^(\.{0,2}\/|~\/)|\.[cm]?[jt]s$/.test(use)) return this.#fromFile(kind, use, folder);
    const own = ownPackage(kind, use, folder);
    if (own) return own;
    const inHouse = inCore.find((plugin) => plugin.kind === kind && plugin.name === use);
    if (inHouse) return inHouse;
    for (const found of [...this.#builtInPackages(), ...listInstalledPackages(installedPluginsFolder())]) {
      const provision = found.provides.find(
        (provided) => provided.kind === kind && (provided.name === use || found.name === use),
      );
      if (provision) return loadProvision(found, provision);
    }
    const known = this.list(folder).filter((plugin) => plugin.kind === kind);
    throw new FarsimError(
      'UNKNOWN_PLUGIN',
      `there is no ${kind} plugin '${use}'; known: ${known.map(({ name }) => name).join(', ')}`,
      {
        suggestions: [
          ...didYouMean(
            use,
            known.map(({ name }) => name),
          ),
          `install ${packagePrefix[kind]}${use} beside the config, or write \`use: ./file.ts\``,
        ],
      },
    );
  }

  /** All plugins that a config in `folder` could use by name. */
  list(folder: string): ListedPlugin[] {
    const core = inCore.map(({ kind, name }) => ({ kind, name, from: 'farsim', version: '' }));
    const packages = [
      ...listPluginPackages(folder),
      ...this.#builtInPackages(),
      ...listInstalledPackages(installedPluginsFolder()),
    ];
    const once = new Map(packages.map((found) => [found.folder, found]));
    const listed = [...once.values()].flatMap(({ name: from, version, provides }) =>
      provides.map(({ kind, name }) => ({ kind, name, from, version })),
    );
    return [...core, ...listed].toSorted(byKindAndName);
  }

  /** Imports every plugin of {@link list}, for a schema that covers them all. */
  async loadAll(folder: string): Promise<LoadedPlugins> {
    const plugins: AnyPlugin[] = [];
    const broken: LoadedPlugins['broken'][number][] = [];
    await Promise.all(
      this.list(folder).map(async (plugin) => {
        try {
          plugins.push(await this.find(plugin.kind, plugin.name, folder));
        } catch (error) {
          broken.push({ plugin, error: toFarsimError(error) });
        }
      }),
    );
    return { plugins: plugins.toSorted(byKindAndName), broken };
  }

  #builtInPackages(): PluginPackage[] {
    return this.#comesWith === undefined ? [] : listPluginPackages(this.#comesWith);
  }

  #fromFile(kind: PortKind, use: string, folder: string): Promise<AnyPlugin> {
    const file = path.resolve(folder, use.replace(/^~(?=\/)/, os.homedir()));
    if (!existsSync(file)) throw new FarsimError('FILE_NOT_FOUND', `use: ${use}: there is no file ${file}`);
    return loadPlugin(file, kind);
  }
}

/** `use: foo` means a package of that name, farsim-sim-foo, or one that the nearest package.json depends on and that has a foo; `package#name` picks one plugin of several. */
function ownPackage(kind: PortKind, use: string, folder: string): Promise<AnyPlugin> | undefined {
  const [name, plugin] = use.split('#') as [string, string | undefined];
  const found =
    findPluginPackage(name, folder) ??
    findPluginPackage(`${packagePrefix[kind]}${name}`, folder) ??
    listPluginPackages(folder).find(({ provides }) =>
      provides.some((provided) => provided.kind === kind && provided.name === name),
    );
  const provisions = found?.provides.filter(
    (provided) => provided.kind === kind && (plugin === undefined || provided.name === plugin),
  );
  const provision = provisions?.find((provided) => provided.name === (plugin ?? name)) ?? provisions?.[0];
  return provision && loadProvision(found!, provision);
}

async function loadProvision(
  found: PluginPackage,
  { file, kind, name }: PluginProvision,
): Promise<AnyPlugin> {
  if (found.problem) throw found.problem;
  return loadPlugin(file, kind, name);
}

type KindAndName = Pick<ListedPlugin, 'kind' | 'name'>;

function byKindAndName(a: KindAndName, b: KindAndName): number {
  return `${a.kind} ${a.name}` < `${b.kind} ${b.name}` ? -1 : 1;
}
