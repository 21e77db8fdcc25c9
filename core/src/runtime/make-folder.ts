import { mkdir, stat } from 'node:fs/promises';
import path from 'node:path';

/** Makes a folder and those above it, one by one: Node's own recursive way never returns where a file system says ENOENT for a new entry, as /proc does. */
export async function makeFolder(folder: string, mode?: number): Promise<void> {
  const missing: string[] = [];
  for (let at = path.resolve(folder); !(await isThere(at)); at = path.dirname(at)) missing.unshift(at);
  for (const one of missing) {
    await mkdir(one, mode === undefined ? {} : { mode }).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'EEXIST') throw error;
    });
  }
}

async function isThere(folder: string): Promise<boolean> {
  try {
    await stat(folder);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false;
    throw error;
  }
}
