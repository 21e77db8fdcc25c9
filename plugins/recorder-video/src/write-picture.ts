import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { makeFolder } from '@farsim/core';
import { fileError } from './file-error.ts';

/** Writes a picture's file and the folder it is in. Throws DISK_FULL, RECORDING_FAILED. */
export async function writePicture(file: string, bytes: Uint8Array): Promise<void> {
  try {
    await makeFolder(path.dirname(file));
    await writeFile(file, bytes);
  } catch (error) {
    throw fileError(error, file);
  }
}
