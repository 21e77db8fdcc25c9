import type { ModelFiles } from '@farsim/core';
import { toFarsimError } from '@farsim/core/worker';
import { parentPort, workerData } from 'node:worker_threads';
import { loadEngine } from './engine.ts';

export type CompileReply = { readonly binary: Uint8Array } | { readonly message: string };

/** Compiles the model in `workerData`, posts the result and has nothing more to do. */
async function compile(files: ModelFiles): Promise<void> {
  try {
    const binary = (await loadEngine()).compile(files);
    const reply: CompileReply = { binary };
    parentPort!.postMessage(reply, [binary.buffer as ArrayBuffer]);
  } catch (error) {
    const reply: CompileReply = { message: toFarsimError(error).message };
    parentPort!.postMessage(reply);
  }
}

await compile(workerData as ModelFiles);
