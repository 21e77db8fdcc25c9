import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import type { FileTree, ModelFiles } from '../ports/simulator.ts';
import { definePlugin, type OpenContext } from '../ports/plugin.ts';
import { farKeyNames, farKeys, type FarOptions } from './far-options.ts';
import { openRemoteSimulator } from './open-remote-simulator.ts';

/** A simulator plugin whose engine runs in Python on a far machine: what its author writes. */
export interface FarSimulatorManifest<Shape extends z.core.$ZodLooseShape> {
  readonly name: string;
  readonly summary: string;
  readonly support?: 'tested' | 'contract fake' | 'untested';
  /** Keys of the adapter's config, beside the ones that every far simulator has. */
  readonly config: Shape;
  readonly adapter: {
    /** `module:Class` in one of the files. */
    readonly entry: string;
    readonly files: readonly URL[];
    /** pip requirements of the managed environment; leave out for engines that users install themselves. */
    readonly requirements?: readonly string[];
  };
  /** Files that the far side needs, by the config key that names them. */
  readonly files?: (
    config: z.infer<z.ZodObject<Shape>>,
    context: OpenContext,
  ) => Promise<Readonly<Record<string, ModelFiles>>>;
}

/** Makes a simulator plugin of one Python adapter: uploads it with the bridge, starts it, and speaks with it. */
export function defineFarSimulator<Shape extends z.core.$ZodLooseShape>(manifest: FarSimulatorManifest<Shape>) {
  const config = z.object({ ...farKeys, ...manifest.config }).strict();
  return definePlugin({
    kind: 'simulator',
    name: manifest.name,
    summary: manifest.summary,
    ...(manifest.support && { support: manifest.support }),
    needs: { transport: 'transport', codec: 'codec' },
    config,
    open: async (given, context) => {
      const adapterConfig = Object.fromEntries(Object.entries(given).filter(([key]) => !farKeyNames.has(key)));
      return openRemoteSimulator(context.transport, context.codec, {
        name: context.name,
        adapter: {
          entry: manifest.adapter.entry,
          files: await readFiles(manifest.adapter.files),
          requirements: manifest.adapter.requirements ?? [],
        },
        options: given as unknown as FarOptions,
        config: adapterConfig,
        files: (await manifest.files?.(given as z.infer<z.ZodObject<Shape>>, context)) ?? {},
        signal: context.signal,
        progress: context.progress,
      });
    },
  });
}

async function readFiles(urls: readonly URL[]): Promise<FileTree> {
  const read = urls.map(async (url) => [path.basename(fileURLToPath(url)), await readFile(url)] as const);
  return new Map(await Promise.all(read));
}
