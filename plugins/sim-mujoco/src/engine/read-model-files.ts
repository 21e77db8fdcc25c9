import { FarsimError, type ModelFiles } from '@farsim/core';
import { readFile, stat } from 'node:fs/promises';
import path from 'node:path';

/**
 * Reads a model file and every file that it names: includes, sub-models, meshes, textures, height fields. Paths become
 * relative to the nearest folder that holds them all. Names that are nowhere are left to the engine, whose message says
 * who wanted them. Throws FILE_NOT_FOUND when the model itself is missing.
 */
export async function readModelFiles(entry: string): Promise<ModelFiles> {
  const found = new Map<string, Uint8Array>();
  await readWithReferences(path.resolve(entry), found, entry);
  const root = commonFolder([...found.keys()]);
  const relative = (file: string): string => path.relative(root, file).split(path.sep).join('/');
  return {
    entry: relative(path.resolve(entry)),
    files: new Map([...found].map(([file, content]) => [relative(file), content] as const)),
  };
}

async function readWithReferences(file: string, found: Map<string, Uint8Array>, entry: string): Promise<void> {
  if (found.has(file)) return;
  found.set(file, await readOrThrow(file, entry));
  if (!/\.(xml|mjcf|urdf)$/i.test(file)) return;
  const text = Buffer.from(found.get(file)!).toString('utf8');
  const folders = ['', ...attributes(text, 'meshdir|texturedir|assetdir')];
  for (const name of attributes(text, 'file\\w*|filename')) {
    const candidates = folders.map((folder) => path.resolve(path.dirname(file), folder, name));
    // an included file's names start from the folder of the file that includes it
    candidates.push(...folders.map((folder) => path.resolve(path.dirname(entry), folder, name)));
    const there = await firstFile(candidates);
    if (there !== undefined) await readWithReferences(there, found, entry);
  }
}

/** Values of the attributes whose names match, comments left out. */
function attributes(text: string, names: string): string[] {
  const bare = text.replace(/<!--[\s\S]*?-->/g, '');
  return [...bare.matchAll(new RegExp(`\\s(?:${names})\\s*=\\s*(?:"([^"]*)"|'([^']*)')`, 'g'))]
    .map((match) => (match[1] ?? match[2] ?? '').replace(/^package:\/\//, ''))
    .filter((value) => value !== '');
}

async function firstFile(candidates: readonly string[]): Promise<string | undefined> {
  for (const file of candidates) {
    const entry = await stat(file).catch(() => undefined);
    if (entry?.isFile()) return file;
  }
  return undefined;
}

async function readOrThrow(file: string, entry: string): Promise<Uint8Array> {
  try {
    return await readFile(file);
  } catch (error) {
    throw new FarsimError('FILE_NOT_FOUND', `the model file ${entry} cannot be read`, { cause: error });
  }
}

function commonFolder(files: readonly string[]): string {
  return files.map(path.dirname).reduce((common, folder) => {
    const parts = folder.split(path.sep);
    const shared = common.split(path.sep);
    const apart = shared.findIndex((part, i) => part !== parts[i]);
    return apart < 0 ? common : shared.slice(0, apart).join(path.sep) || path.sep;
  });
}
