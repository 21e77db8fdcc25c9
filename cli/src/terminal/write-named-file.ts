import { FarsimError } from '@farsim/core';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';

/** Writes a file that the command line names. Throws FILE_NOT_FOUND where its folder is not there, DISK_FULL where it cannot be written. */
export async function writeNamedFile(file: string, content: string | Uint8Array): Promise<void> {
  try {
    await writeFile(file, content);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const folder = path.dirname(file);
    if (code === 'ENOENT' || code === 'ENOTDIR')
      throw new FarsimError('FILE_NOT_FOUND', `${file} cannot be written: there is no folder ${folder}`, {
        suggestions: [`mkdir -p ${folder}`],
        cause: error,
      });
    throw new FarsimError('DISK_FULL', `${file} cannot be written: ${message}`, {
      suggestions: ['name a place that you may write'],
      cause: error,
    });
  }
}
