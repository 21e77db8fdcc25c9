import { readFile, readdir } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { FarsimError } from '../model/errors.ts';
import type { FileTree, ModelFiles } from '../ports/simulator.ts';
import type { SupportLevel, SupportRow } from '../ports/support.ts';
import { definePlugin, type NamedFiles, type OpenContext } from '../ports/plugin.ts';
import { deviceName, hideOtherGpus } from './start/choose-gpu.ts';
import { detachSimulator } from './detached/detach-simulator.ts';
import { farKeyNames, farKeys, type FarOptions } from './start/far-options.ts';
import { openRemoteSimulator } from './session/open-remote-simulator.ts';
import type { BridgeOrder, FarScript } from './start/bridge-order.ts';

/** A simulator plugin whose engine runs in Python on a far machine: what its author writes. */
export interface FarSimulatorManifest<Shape extends z.core.$ZodLooseShape> {
  readonly name: string;
  readonly summary: string;
  /** See {@link Plugin.support}. */
  readonly support?: SupportLevel | readonly SupportRow[];
  /** Keys of the adapter's config, beside the ones that every far simulator has. */
  readonly config: Shape;
  readonly adapter:
    AdapterSource | ((config: z.infer<z.ZodObject<Shape>>, context: OpenContext) => AdapterSource);
  /** What the adapter is given; left out: the manifest's keys and the far keys that adapters read, spelt as Python does (`stepDt` as `step_dt`). */
  readonly adapterConfig?: (config: z.infer<z.ZodObject<Shape>>) => Readonly<Record<string, unknown>>;
  /** How its engine is told which GPU: the others are hidden from it, which is the default, or the adapter is given `gpu: 'cuda:1'`, for engines whose renderer breaks when cards are hidden. */
  readonly gpu?: 'hides others' | 'device name';
  /** See {@link Plugin.reads}. */
  readonly reads?: (config: z.infer<z.ZodObject<Shape>>) => NamedFiles;
  /** See {@link Plugin.check}. */
  readonly check?: (config: z.infer<z.ZodObject<Shape>>, folder: string) => void;
  /** See {@link Plugin.asksFor}. */
  readonly asksFor?: (config: z.infer<z.ZodObject<Shape>>) => NamedFiles;
  /** Files that the far side needs, by the config key that names them; the adapter is given their far path. */
  readonly files?: (
    config: z.infer<z.ZodObject<Shape>>,
    context: OpenContext,
  ) => Promise<Readonly<Record<string, ModelFiles>>>;
}

export interface AdapterSource {
  /** `module:Class` in one of the files. */
  readonly entry: string;
  /** Python files; a URL that ends with `/` stands for all that its folder holds. */
  readonly files: readonly URL[];
  /** pip requirements of the managed environment; leave out for engines that users install themselves. */
  readonly requirements?: readonly string[];
  /** The CPython, `3.12`, that the managed environment must have; found on the far machine, or downloaded by uv. Left out: any. */
  readonly pythonVersion?: string;
  /**
   * Config keys that make an env and not its engine: a kept simulator that differs in these alone is given them
   * (the adapter's `remake`) in the place of a new start.
   */
  readonly remakes?: readonly string[];
  /** A program of the user's that is run in the place of the adapter; `entry` is then what it is called. */
  readonly script?: FarScript;
}

/** Makes a simulator plugin of one Python adapter: uploads it with the bridge, starts it, and speaks with it. */
export function defineFarSimulator<Shape extends z.core.$ZodLooseShape>(
  manifest: FarSimulatorManifest<Shape>,
) {
  const config = z.object({ ...farKeys, ...manifest.config }).strict();
  return definePlugin({
    kind: 'simulator',
    name: manifest.name,
    summary: manifest.summary,
    ...(manifest.support && { support: manifest.support }),
    needs: { transport: 'transport', codec: 'codec' },
    config,
    reads: (given) => manifest.reads?.(given as z.infer<z.ZodObject<Shape>>) ?? {},
    check: (given, folder) => manifest.check?.(given as z.infer<z.ZodObject<Shape>>, folder),
    asksFor: (given) => manifest.asksFor?.(given as z.infer<z.ZodObject<Shape>>) ?? {},
    open: async (given, context) =>
      openRemoteSimulator(context.transport, context.codec, await orderOf(manifest, given, context)),
    detach: async (given, context, run) => {
      const order = await orderOf(manifest, given, context);
      return detachSimulator(context.transport, context.codec, { ...order, run });
    },
  });
}

async function orderOf<Shape extends z.core.$ZodLooseShape>(
  manifest: FarSimulatorManifest<Shape>,
  given: object,
  context: OpenContext,
): Promise<BridgeOrder> {
  const own = given as z.infer<z.ZodObject<Shape>>;
  const { gpu, env, ...options } = given as unknown as FarOptions;
  const byName = manifest.gpu === 'device name';
  const { adapter: source } = manifest;
  const {
    entry,
    files,
    requirements = [],
    pythonVersion,
    remakes = [],
    script,
  } = typeof source === 'function' ? source(own, context) : source;
  return {
    name: context.name,
    adapter: {
      entry,
      files: await readFiles(files),
      requirements,
      pythonVersion,
      remakes: remakes.map(snakeCase),
    },
    script,
    options: { ...options, env: byName ? env : { ...hideOtherGpus(gpu), ...env } },
    config: {
      ...(manifest.adapterConfig?.(own) ?? adapterKeys(given)),
      ...(byName && gpu !== undefined && { gpu: deviceName(gpu) }),
    },
    files: (await manifest.files?.(own, context)) ?? {},
    signal: context.signal,
    hurry: context.hurry,
    takeOver: context.takeOver,
    progress: context.progress,
    log: context.log,
  };
}

/** A section's keys that adapters read, spelt as Python does. */
function adapterKeys(given: object): Record<string, unknown> {
  const own = Object.entries(given).filter(([key]) => !farKeyNames.has(key));
  return Object.fromEntries(own.map(([key, value]) => [snakeCase(key), value]));
}

function snakeCase(key: string): string {
  return key.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

/** Local files, and the Python files of folders, by their base names. Throws FILE_NOT_FOUND. */
export async function readFiles(urls: readonly URL[]): Promise<FileTree> {
  const read = urls.map(async (url) => {
    const file = fileURLToPath(url);
    try {
      const names = url.pathname.endsWith('/') ? await pythonFiles(file) : [file];
      return await Promise.all(
        names.map(async (name) => [path.basename(name), await readFile(name)] as const),
      );
    } catch (error) {
      throw new FarsimError('FILE_NOT_FOUND', `${file}: ${(error as Error).message}`, {
        cause: error,
      });
    }
  });
  return new Map((await Promise.all(read)).flat());
}

async function pythonFiles(folder: string): Promise<readonly string[]> {
  const names = await readdir(folder);
  return names.filter((name) => name.endsWith('.py')).map((name) => path.join(folder, name));
}
