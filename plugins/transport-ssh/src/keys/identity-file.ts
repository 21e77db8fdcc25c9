import { readFile } from 'node:fs/promises';
import type { ParsedKey } from 'ssh2';
import type { Obstacle } from './key-ring.ts';
import { parseKey, publicHalf } from './parse-key.ts';

/** A file that `IdentityFile` names and that is there. */
export interface IdentityFile {
  readonly file: string;
  /** Its key, or the public half where the private one is locked or missing. */
  readonly key?: ParsedKey;
  /** True when a passphrase opens it. */
  readonly locked?: boolean;
  /** Why it cannot be used. */
  readonly obstacle?: Obstacle;
}

/** Reads a private key, or the public one beside it; undefined when neither is there. */
export async function readIdentity(file: string): Promise<IdentityFile | undefined> {
  const [text, publicText] = await Promise.all([readText(file), readText(`${file}.pub`)]);
  if (text instanceof Error && publicText instanceof Error) {
    if (text.code === 'ENOENT') return undefined;
    return {
      file,
      obstacle: { what: `${file} cannot be read (${text.message})`, wayOut: `let this user read ${file}` },
    };
  }
  const key = text instanceof Error ? undefined : parseKey(text);
  if (key && !(key instanceof Error)) return { file, key };
  const beside = publicText instanceof Error ? undefined : parseKey(publicText);
  const half = text instanceof Error ? undefined : publicHalf(text);
  const publicKey = half ?? (beside instanceof Error ? undefined : beside);
  const locked = key !== undefined && /encrypted|passphrase/i.test(key.message);
  return {
    file,
    ...(publicKey && { key: publicKey }),
    ...(locked && { locked }),
    ...(key && !locked && { obstacle: unusable(file, key) }),
  };
}

function unusable(file: string, error: Error): Obstacle {
  return {
    what: `${file} is no private key that can be used (${error.message})`,
    wayOut: `ssh-keygen -y -f ${file}`,
  };
}

async function readText(file: string): Promise<string | NodeJS.ErrnoException> {
  return readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => error);
}
