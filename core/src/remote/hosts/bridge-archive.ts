import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import { zipSync, type Zippable } from 'fflate';
import type { FileTree } from '../../ports/simulator.ts';

/** The Python program that runs on the far side, in one file. */
export interface BridgeArchive {
  /** `bridge-<hash>.pyz`: equal contents have equal names. */
  readonly fileName: string;
  readonly bytes: Uint8Array;
}

/** Where the `farsim` package of Python lies. */
export const pythonFolder = path.dirname(
  createRequire(import.meta.url).resolve('@farsim/python/package.json'),
);
const entryPoint = 'from farsim.bridge.__main__ import main\n\nmain()\n';
const zipEpoch = new Date(1980, 0, 1);

/** Packs the bridge and the chosen plugin's adapter files (by file name) as a stored zip; equal inputs give equal bytes. */
export async function buildBridgeArchive(adapterFiles: FileTree): Promise<BridgeArchive> {
  const files = new Map<string, Uint8Array>([['__main__.py', Buffer.from(entryPoint)]]);
  for (const file of await pythonSources()) files.set(file, await readFile(path.join(pythonFolder, file)));
  for (const [name, bytes] of adapterFiles) files.set(`adapters/${name}`, bytes);
  const sorted: Zippable = Object.fromEntries(
    [...files]
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, bytes]) => [name, [bytes, { level: 0, mtime: zipEpoch }]]),
  );
  const bytes = zipSync(sorted, { level: 0, mtime: zipEpoch });
  const hash = createHash('sha256').update(bytes).digest('hex').slice(0, 24);
  return { fileName: `bridge-${hash}.pyz`, bytes };
}

/** The bridge itself and the package above it; the Python client stays here. */
async function pythonSources(): Promise<string[]> {
  const entries = await readdir(path.join(pythonFolder, 'farsim'), { recursive: true });
  return entries
    .map((entry) => `farsim/${entry.split(path.sep).join('/')}`)
    .filter(
      (file) => file.endsWith('.py') && (file === 'farsim/__init__.py' || file.startsWith('farsim/bridge/')),
    );
}
