import { FarsimError, type ModelFiles } from '@farsim/core';
import { createHash } from 'node:crypto';
import { Worker } from 'node:worker_threads';
import { readCached, writeCached } from './model-cache.ts';
import type { CompileReply } from './compile-worker.ts';

export interface CompileOptions {
  /** Of the engine that will load the result. */
  readonly version: string;
  /** Folder of compiled models. */
  readonly cache: string;
  readonly signal?: AbortSignal;
  readonly progress?: (line: string) => void;
}

/**
 * Gives the binary model of MJCF files: from the cache, or compiled in a worker and put there. The bytes are shared memory,
 * so that a painter's worker can load them too. Throws MODEL_INVALID, INTERRUPTED.
 */
export async function compileModel(
  files: ModelFiles,
  { version, cache, signal, progress }: CompileOptions,
): Promise<Uint8Array> {
  const key = modelKey(files, version);
  const cached = await readCached(cache, key);
  if (cached) return cached;
  progress?.(`compiling '${files.entry}'`);
  const binary = shared(await compileInWorker(files, signal));
  await writeCached(cache, key, binary);
  return binary;
}

/** SHA-256, hex, of the engine's version and of every file's name and bytes. */
function modelKey({ entry, files }: ModelFiles, version: string): string {
  const hash = createHash('sha256').update(JSON.stringify([version, entry]));
  for (const name of [...files.keys()].toSorted()) {
    const content = files.get(name)!;
    hash.update(JSON.stringify([name, content.length])).update(content);
  }
  return hash.digest('hex');
}

function compileInWorker(files: ModelFiles, signal: AbortSignal | undefined): Promise<Uint8Array> {
  const worker = new Worker(new URL('./compile-worker.js', import.meta.url), { workerData: files });
  const done = Promise.withResolvers<Uint8Array>();
  const stop = (): void =>
    done.reject(new FarsimError('INTERRUPTED', `stopped while compiling '${files.entry}'`));
  if (signal?.aborted) stop();
  signal?.addEventListener('abort', stop, { once: true });
  worker.once('message', (reply: CompileReply) => {
    if ('binary' in reply) done.resolve(reply.binary);
    else done.reject(new FarsimError('MODEL_INVALID', reply.message));
  });
  worker.once('error', (error) => {
    done.reject(
      new FarsimError('MODEL_INVALID', `compiling '${files.entry}' failed: ${String(error)}`, {
        cause: error,
      }),
    );
  });
  return done.promise.finally(async () => {
    signal?.removeEventListener('abort', stop);
    await worker.terminate();
  });
}

function shared(bytes: Uint8Array): Uint8Array {
  const copy = new Uint8Array(new SharedArrayBuffer(bytes.length));
  copy.set(bytes);
  return copy;
}
