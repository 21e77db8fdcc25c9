import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { FarsimError, type ModelFiles } from '@farsim/core';

/** A folder's files, by paths within it; its far path ends with a slash. Throws FILE_NOT_FOUND when it is none, or empty. */
export async function folderFiles(folder: string): Promise<ModelFiles> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch((error: unknown) => {
    throw new FarsimError('FILE_NOT_FOUND', `assets: ${(error as Error).message}`, { cause: error });
  });
  const files = entries.filter((entry) => entry.isFile());
  if (files.length === 0) throw new FarsimError('FILE_NOT_FOUND', `assets: ${folder} holds no files`);
  const read = files.map(async ({ parentPath, name }) => {
    const file = path.join(parentPath, name);
    return [path.relative(folder, file).split(path.sep).join('/'), await readFile(file)] as const;
  });
  return { entry: '', files: new Map(await Promise.all(read)) };
}

/** The Python file of `file.py:function`. */
export async function functionFile(folder: string, given: string): Promise<ModelFiles> {
  const file = path.resolve(folder, given.replace(/:[^:]*$/, ''));
  const name = path.basename(file);
  return { entry: name, files: new Map([[name, await readFile(file)]]) };
}
