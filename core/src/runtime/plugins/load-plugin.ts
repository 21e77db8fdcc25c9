import { pathToFileURL } from 'node:url';
import { FarsimError } from '../../model/errors.ts';
import type { AnyPlugin, PortKind } from '../../ports/plugin.ts';

/** Imports a module and takes the manifest of that kind out of it; with several the one called `name`. Throws UNKNOWN_PLUGIN. */
export async function loadPlugin(file: string, kind: PortKind, name?: string): Promise<AnyPlugin> {
  const manifests = (await importManifests(file)).filter((plugin) => plugin.kind === kind);
  const fitting = name === undefined ? manifests : manifests.filter((plugin) => plugin.name === name);
  if (fitting.length === 1) return fitting[0]!;
  const holds = manifests.map((plugin) => `'${plugin.name}'`).join(', ') || 'none';
  const wanted = name === undefined ? `one ${kind}` : `${kind} '${name}'`;
  throw new FarsimError(
    'UNKNOWN_PLUGIN',
    `${file} should export ${wanted} made with definePlugin; its ${kind}s: ${holds}`,
    {
      suggestions: ['export default definePlugin({ … })'],
    },
  );
}

async function importManifests(file: string): Promise<AnyPlugin[]> {
  let module: Record<string, unknown>;
  try {
    module = (await import(pathToFileURL(file).href)) as Record<string, unknown>;
  } catch (error) {
    const problem = error instanceof Error ? error.message : String(error);
    // Node strips types in one's own files only
    const isSource = (error as NodeJS.ErrnoException).code === 'ERR_UNSUPPORTED_NODE_MODULES_TYPE_STRIPPING';
    throw new FarsimError('UNKNOWN_PLUGIN', `${file} cannot be loaded: ${problem}`, {
      suggestions: isSource
        ? ['a package holds JavaScript: build it, and name the .js file as its entry']
        : [],
      cause: error,
    });
  }
  const { default: main, ...named } = module;
  const manifests = [main, ...Object.values(named)].flat().filter(isManifest);
  return [...new Set(manifests)];
}

function isManifest(value: unknown): value is AnyPlugin {
  const plugin = value as Partial<AnyPlugin> | null | undefined;
  return (
    typeof plugin === 'object' &&
    plugin !== null &&
    typeof plugin.kind === 'string' &&
    typeof plugin.name === 'string' &&
    typeof plugin.open === 'function' &&
    typeof plugin.config?.safeParse === 'function'
  );
}
