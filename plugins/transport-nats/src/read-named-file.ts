import { readFile } from 'node:fs/promises';
import { FarsimError } from '@farsim/core';

/** The text of a file that the option `key` names. Throws FILE_NOT_FOUND. */
export async function readNamedFile(file: string, key: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    throw new FarsimError('FILE_NOT_FOUND', `${key}: ${file} cannot be read`, { cause: error });
  }
}
