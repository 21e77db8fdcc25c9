import { createHash, randomUUID } from 'node:crypto';
import { mkdir, open, rename, rm, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import path from 'node:path';

const digestLength = 32;

/** `$XDG_CACHE_HOME/farsim/mjb`, or the same under `~/.cache`. */
export function defaultModelCache(): string {
  return path.join(process.env['XDG_CACHE_HOME'] ?? path.join(homedir(), '.cache'), 'farsim', 'mjb');
}

/** Reads a compiled model into shared memory; undefined when it is not there or its bytes are not those that were written. */
export async function readCached(folder: string, key: string): Promise<Uint8Array | undefined> {
  const file = await open(fileOf(folder, key), 'r').catch(() => undefined);
  if (!file) return undefined;
  try {
    const { size } = await file.stat();
    if (size <= digestLength) return undefined;
    const all = new Uint8Array(new SharedArrayBuffer(size));
    const { bytesRead } = await file.read(all, 0, size, 0);
    const binary = all.subarray(0, size - digestLength);
    return bytesRead === size && digest(binary).equals(all.subarray(size - digestLength))
      ? binary
      : undefined;
  } catch {
    return undefined;
  } finally {
    await file.close();
  }
}

/** Keeps a compiled model, whole or not at all. A cache that cannot be written is no error: the next start compiles again. */
export async function writeCached(folder: string, key: string, binary: Uint8Array): Promise<void> {
  const draft = `${fileOf(folder, key)}.${randomUUID()}`;
  try {
    await mkdir(folder, { recursive: true });
    await writeFile(draft, [binary, digest(binary)]);
    await rename(draft, fileOf(folder, key));
  } catch {
    await rm(draft, { force: true }).catch(() => undefined);
  }
}

function fileOf(folder: string, key: string): string {
  return path.join(folder, `${key}.mjb`);
}

function digest(bytes: Uint8Array): Buffer {
  return createHash('sha256').update(bytes).digest();
}
