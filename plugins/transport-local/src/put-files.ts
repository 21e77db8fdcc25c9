import { randomBytes } from 'node:crypto';
import { lstat, mkdir, realpath, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { FarsimError, makeFolder, requireRelativePath, type FileTree } from '@farsim/core';
import { uploadError } from './local-errors.ts';

/** Puts files under `folder`, each whole or not at all; one of the same size stays. Throws PATH_REFUSED before the first is written, or UPLOAD_FAILED. */
export async function putFiles(
  files: FileTree,
  folder: string,
  signal: AbortSignal | undefined,
): Promise<void> {
  const placed = [...files].map(([name, bytes]) => ({
    target: path.join(folder, ...requireRelativePath(name)),
    bytes,
  }));
  for (const { target, bytes } of placed) {
    if (signal?.aborted) throw new FarsimError('INTERRUPTED', `stopped before ${target} was written`);
    try {
      await putFile(target, bytes, folder);
    } catch (error) {
      throw uploadError(error, target);
    }
  }
}

async function putFile(target: string, bytes: Uint8Array, folder: string): Promise<void> {
  const parent = path.dirname(target);
  await makeFolders(parent, folder);
  if (await hasSize(target, bytes.length)) return;
  const unfinished = path.join(parent, `.farsim-${randomBytes(6).toString('hex')}.part`);
  try {
    await writeFile(unfinished, bytes, { mode: 0o600, flag: 'wx' });
    await rename(unfinished, target);
  } catch (error) {
    await rm(unfinished, { force: true });
    throw error;
  }
}

/** Makes what is missing, and refuses a link that leads out of the folder before anything is made behind it. */
async function makeFolders(parent: string, folder: string): Promise<void> {
  await makeFolder(folder, 0o700);
  const root = await realpath(folder);
  let inside = folder;
  for (const segment of path.relative(folder, parent).split(path.sep).filter(Boolean)) {
    inside = path.join(inside, segment);
    await mkdir(inside, { mode: 0o700 }).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'EEXIST') throw error;
    });
    const real = await realpath(inside);
    if (!real.startsWith(root === '/' ? root : `${root}/`)) {
      throw new FarsimError('PATH_REFUSED', `${inside} is a link that leads out of ${folder}, to ${real}`);
    }
  }
}

async function hasSize(file: string, size: number): Promise<boolean> {
  return lstat(file).then(
    (found) => found.isFile() && found.size === size,
    () => false,
  );
}
