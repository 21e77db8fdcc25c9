import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { FarsimError } from '@farsim/core';

/** PEM texts: `cert` and `key` of the side that listens, `ca` whom the side that dials trusts; left out: the authorities that Node knows. */
export interface TlsTexts {
  readonly ca?: string;
  readonly cert?: string;
  readonly key?: string;
}

/** Reads the files of a config's `tls`. Throws FILE_NOT_FOUND, and CONFIG_INVALID for a certificate without its key. */
export async function readTls(
  files: { readonly [Name in keyof TlsTexts]: string | undefined },
  folder: string,
): Promise<TlsTexts> {
  if ((files.cert === undefined) !== (files.key === undefined))
    throw new FarsimError('CONFIG_INVALID', '`tls` has one of `cert` and `key`, and they belong together');
  const texts: Record<string, string> = {};
  for (const [name, file] of Object.entries(files)) {
    if (file === undefined) continue;
    texts[name] = await readFile(path.resolve(folder, file), 'utf8').catch((cause: unknown) => {
      throw new FarsimError('FILE_NOT_FOUND', `tls.${name}: ${file} cannot be read`, { cause });
    });
  }
  return texts;
}
