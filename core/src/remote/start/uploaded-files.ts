import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { FarsimError } from '../../model/errors.ts';
import type { ModelFiles } from '../../ports/simulator.ts';

/** A folder's files, by paths within it; its far path ends with a slash. Throws FILE_NOT_FOUND when it is none, is empty, or holds a link. */
export async function folderFiles(folder: string): Promise<ModelFiles> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch((error: unknown) => {
    throw new FarsimError('FILE_NOT_FOUND', `assets: ${(error as Error).message}`, { cause: error });
  });
  const link = entries.find((entry) => entry.isSymbolicLink());
  if (link) {
    const place = path.join(link.parentPath, link.name);
    throw new FarsimError('FILE_NOT_FOUND', `assets: ${place} is a link, which cannot be uploaded`, {
      suggestions: ['copy what it leads to: `cp -rL`'],
    });
  }
  const files = entries.filter((entry) => entry.isFile());
  if (files.length === 0) throw new FarsimError('FILE_NOT_FOUND', `assets: ${folder} holds no files`);
  const read = files.map(async ({ parentPath, name }) => {
    const file = path.join(parentPath, name);
    return [path.relative(folder, file).split(path.sep).join('/'), await readFile(file)] as const;
  });
  return { entry: '', files: new Map(await Promise.all(read)) };
}

/** The Python file of `file.py:function`; what the far side is given ends with `:function` too. Throws FILE_NOT_FOUND. */
export async function functionFile(folder: string, given: string): Promise<ModelFiles> {
  const [, file, name] = /^(.+):([^:]*)$/.exec(given)!;
  const base = path.basename(file!);
  const bytes = await readFile(path.resolve(folder, file!)).catch((error: unknown) => {
    throw new FarsimError('FILE_NOT_FOUND', (error as Error).message, { cause: error });
  });
  return { entry: `${base}:${name}`, files: new Map([[base, bytes]]) };
}
