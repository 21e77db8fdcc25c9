import { mkdir } from 'node:fs/promises';
import path from 'node:path';

/** Makes a folder and those that it is in. Node's own `recursive` says ENOENT where the disk is read-only; this says EROFS. */
export async function makeFolder(folder: string): Promise<void> {
  try {
    await mkdir(folder);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EEXIST') return;
    if (code !== 'ENOENT' || path.dirname(folder) === folder) throw error;
    await makeFolder(path.dirname(folder));
    await makeFolder(folder);
  }
}
