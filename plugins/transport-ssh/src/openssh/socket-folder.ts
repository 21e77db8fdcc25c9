import { randomBytes } from 'node:crypto';
import { lstat, mkdir } from 'node:fs/promises';
import { FarsimError } from '@farsim/core';

const nobodyElse = 0o700;

/** A free path for a socket, in a folder that only this user may enter. Throws PATH_REFUSED when somebody else has a hand in it. */
export async function newSocketPath(): Promise<string> {
  const uid = process.getuid?.() ?? 0;
  const folder = `/tmp/farsim-${uid}`;
  await mkdir(folder, { mode: nobodyElse }).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EEXIST') throw error;
  });
  const found = await lstat(folder);
  if (!found.isDirectory() || found.uid !== uid || (found.mode & 0o077) !== 0) {
    throw new FarsimError('PATH_REFUSED', `${folder} is not a folder of this user's alone`, {
      suggestions: [`see what it is, then: chmod 700 ${folder}`],
    });
  }
  return `${folder}/${randomBytes(6).toString('hex')}.sock`;
}
