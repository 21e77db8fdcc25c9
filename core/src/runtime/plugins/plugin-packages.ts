import { existsSync, readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import { FarsimError } from '../../model/errors.ts';

/** The version of the plugin contract that this core offers; packages say theirs as `"farsim": { "api": 1 }`. */
export const pluginApi = 1;

const portKinds = ['transport', 'codec', 'simulator', 'recorder', 'controller'] as const;

const packageSchema = z.looseObject({
  name: z.string(),
  version: z.string().default('0.0.0'),
  farsim: z
    .looseObject({
      api: z.int(),
      provides: z.array(
        z.object({ kind: z.enum(portKinds), name: z.string(), entry: z.string().default('.') }),
      ),
    })
    .optional(),
  exports: z.unknown().optional(),
  main: z.string().optional(),
  dependencies: z.record(z.string(), z.string()).optional(),
});
type PackageJson = z.infer<typeof packageSchema>;

/** A package that says it holds farsim plugins. */
export interface PluginPackage {
  readonly name: string;
  readonly version: string;
  readonly folder: string;
  readonly provides: readonly PluginProvision[];
  /** Why none of them can be used: UNSUPPORTED, made for another plugin api. */
  readonly problem?: FarsimError;
}

export interface PluginProvision {
  readonly kind: (typeof portKinds)[number];
  readonly name: string;
  /** Absolute path of the module. */
  readonly file: string;
}

/** The folder of `name` in the `node_modules` of `from` or of a folder above it. */
export function findPackage(name: string, from: string): string | undefined {
  for (let folder = path.resolve(from); ; folder = path.dirname(folder)) {
    const found = path.join(folder, 'node_modules', name);
    if (existsSync(path.join(found, 'package.json'))) return found;
    if (folder === path.dirname(folder)) return undefined;
  }
}

/** Looks for a package as {@link findPackage} does; undefined when it is not there or holds no plugin. */
export function findPluginPackage(name: string, from: string): PluginPackage | undefined {
  const folder = findPackage(name, from);
  return folder === undefined ? undefined : readPluginPackage(folder);
}

/** Every plugin package that the nearest package.json at or above `from` depends on. */
export function listPluginPackages(from: string): PluginPackage[] {
  for (let folder = path.resolve(from); folder !== path.dirname(folder); folder = path.dirname(folder)) {
    const found = readPackage(folder);
    if (!found) continue;
    return Object.keys(found.dependencies ?? {}).flatMap((name) => findPluginPackage(name, folder) ?? []);
  }
  return [];
}

/** Every plugin package that lies in `folder/node_modules`. */
export function listInstalledPackages(folder: string): PluginPackage[] {
  const modules = path.join(folder, 'node_modules');
  if (!existsSync(modules)) return [];
  return readdirSync(modules)
    .flatMap((name) =>
      name.startsWith('@')
        ? readdirSync(path.join(modules, name)).map((inner) => `${name}/${inner}`)
        : [name],
    )
    .flatMap((name) => readPluginPackage(path.join(modules, name)) ?? []);
}

function readPluginPackage(folder: string): PluginPackage | undefined {
  const found = readPackage(folder);
  if (!found?.farsim) return undefined;
  const { api } = found.farsim;
  const provides = found.farsim.provides.map(({ kind, name, entry }) => ({
    kind,
    name,
    file: entryFile(folder, found, entry),
  }));
  const { name, version } = found;
  if (api === pluginApi) return { name, version, folder, provides };
  const problem = new FarsimError(
    'UNSUPPORTED',
    `${name} ${version} is made for plugin api ${api}; this farsim has api ${pluginApi}`,
    { suggestions: [`install a version of ${name} for api ${pluginApi}`] },
  );
  return { name, version, folder, provides, problem };
}

function readPackage(folder: string): PackageJson | undefined {
  const file = path.join(folder, 'package.json');
  if (!existsSync(file)) return undefined;
  const parsed = packageSchema.safeParse(JSON.parse(readFileSync(file, 'utf8')));
  return parsed.success ? parsed.data : undefined;
}

function entryFile(folder: string, { exports, main }: PackageJson, entry: string): string {
  const byEntry =
    typeof exports === 'object' && exports !== null ? (exports as Record<string, unknown>)[entry] : undefined;
  const target =
    byEntry ?? (entry === '.' ? (typeof exports === 'string' ? exports : (main ?? './index.js')) : entry);
  return path.resolve(folder, conditional(target) ?? entry);
}

function conditional(target: unknown): string | undefined {
  if (typeof target === 'string') return target;
  if (typeof target !== 'object' || target === null) return undefined;
  const conditions = target as Record<string, unknown>;
  return conditional(conditions.import ?? conditions.node ?? conditions.default);
}
