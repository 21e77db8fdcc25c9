import { readFile, realpath, stat } from 'node:fs/promises';
import path from 'node:path';
import { FarsimError, type ModelFiles } from '@farsim/core';

/** What may name another file: quoted in MJCF and URDF, between `@` in text USD. */
const named = /"([^"\n]+)"|'([^'\n]+)'|@([^@\n]+)@/g;
const scheme = /^(?:file:\/\/|package:\/\/[^/]+\/|model:\/\/[^/]+\/)/;
const readsOthers = /\.(?:xml|mjcf|urdf|usd|usda)$/i;

/**
 * Reads a scene file (MJCF, URDF, USD) and the files that it names, theirs too, by paths relative to the folder that holds
 * them all. What is named and not there is left to the engine, which knows what it needs. Binary USD is not looked into.
 * Throws FILE_NOT_FOUND for the scene file, PATH_REFUSED for files outside the folder above the scene's, also by a link.
 */
export async function collectSceneFiles(entry: string): Promise<ModelFiles> {
  const scene = path.resolve(entry);
  const limit = path.dirname(path.dirname(scene));
  const found = new Map<string, Uint8Array>();
  const waiting = [scene];
  for (let file = waiting.pop(); file !== undefined; file = waiting.pop()) {
    if (found.has(file)) continue;
    const bytes = await read(file);
    found.set(file, bytes);
    if (readsOthers.test(file)) waiting.push(...(await filesNamedIn(file, bytes, limit)));
  }
  const folders = [...found.keys()].map((file) => path.dirname(file));
  const top = folders.every((folder) => isWithin(folder, path.dirname(scene))) ? path.dirname(scene) : limit;
  const relative = (file: string): string => path.relative(top, file).split(path.sep).join('/');
  return {
    entry: relative(scene),
    files: new Map([...found].map(([file, bytes]) => [relative(file), bytes])),
  };
}

async function filesNamedIn(file: string, bytes: Uint8Array, limit: string): Promise<string[]> {
  const folder = path.dirname(file);
  const names = [
    ...new Set([...Buffer.from(bytes).toString('utf8').matchAll(named)].map(([, a, b, c]) => a ?? b ?? c!)),
  ];
  // a meshdir or texturedir is one of the names
  const folders = [folder];
  for (const name of names) if (await is('directory', folder, name)) folders.push(path.resolve(folder, name));
  // package:// counts from a folder above
  folders.push(limit);
  const files: string[] = [];
  for (const name of names) {
    const bare = name.replace(scheme, '');
    for (const base of folders) {
      if (!(await is('file', base, bare))) continue;
      const target = path.resolve(base, bare);
      if (!isWithin(target, limit) || !isWithin(await realpath(target), await realpath(limit))) {
        throw new FarsimError('PATH_REFUSED', `${file} names '${name}', which lies outside ${limit}`, {
          suggestions: ['put the scene and its files below one folder'],
        });
      }
      files.push(target);
      break;
    }
  }
  return files;
}

async function is(kind: 'file' | 'directory', folder: string, name: string): Promise<boolean> {
  if (name.length > 1024 || name.includes('\0')) return false;
  const found = await stat(path.resolve(folder, name)).catch(() => undefined);
  return (kind === 'file' ? found?.isFile() : found?.isDirectory()) ?? false;
}

function isWithin(file: string, folder: string): boolean {
  const inside = path.relative(folder, file);
  return inside !== '..' && !inside.startsWith(`..${path.sep}`) && !path.isAbsolute(inside);
}

async function read(file: string): Promise<Uint8Array> {
  try {
    return await readFile(file);
  } catch (error) {
    throw new FarsimError('FILE_NOT_FOUND', `model: ${(error as Error).message}`, { cause: error });
  }
}
