import { FarsimError, shareWasmAmongThreads } from '@farsim/core';
import { writeFile } from 'node:fs/promises';
import { Worker } from 'node:worker_threads';
import { fileError } from './file-error.ts';
import type { VideoEncoder, VideoFormat } from './video-encoder.ts';

const picturesAhead = 2;

shareWasmAmongThreads();

/** What the encoder's worker is told, and what it answers once for each. */
export type EncoderCommand =
  | { readonly kind: 'begin'; readonly format: VideoFormat }
  | { readonly kind: 'add'; readonly pixels: Uint8Array }
  | { readonly kind: 'finish' };
export type EncoderReply =
  | { readonly kind: 'done'; readonly file?: Uint8Array }
  | { readonly kind: 'failed'; readonly message: string };

/** H.264 in WebAssembly, in a worker: 41–60 pictures a second at 640×480. */
export function openWasmEncoder(file: string, format: VideoFormat): VideoEncoder {
  const worker = new Worker(new URL('./wasm-encoder-worker.js', import.meta.url));
  const answers: PromiseWithResolvers<EncoderReply>[] = [];
  let failure: FarsimError | undefined;
  const fail = (message: string): void => {
    failure ??= new FarsimError('RENDER_FAILED', `${file}: the video encoder failed: ${message}`);
    for (const answer of answers.splice(0)) answer.reject(failure);
  };
  worker.on('message', (reply: EncoderReply) => {
    if (reply.kind === 'failed') fail(reply.message);
    else answers.shift()?.resolve(reply);
  });
  worker.on('error', (error) => fail(error.message));
  const tell = (command: EncoderCommand, transfer: ArrayBuffer[] = []): Promise<EncoderReply> => {
    const answer = Promise.withResolvers<EncoderReply>();
    // awaited later, or by nobody when the drawing failed first
    answer.promise.catch(() => undefined);
    if (failure) answer.reject(failure);
    else {
      answers.push(answer);
      worker.postMessage(command, transfer);
    }
    return answer.promise;
  };
  const ahead = [tell({ kind: 'begin', format })];
  return {
    name: 'h264-mp4-encoder',
    async add(pixels) {
      const copy = pixels.slice();
      ahead.push(tell({ kind: 'add', pixels: copy }, [copy.buffer]));
      if (ahead.length > picturesAhead) await ahead.shift();
    },
    async finish() {
      await Promise.all(ahead);
      const reply = await tell({ kind: 'finish' });
      if (reply.kind !== 'done' || !reply.file)
        throw new FarsimError('RENDER_FAILED', `${file}: the video encoder gave no file`);
      await writeFile(file, reply.file).catch((error: unknown) => {
        throw fileError(error, file);
      });
    },
    async [Symbol.asyncDispose]() {
      await worker.terminate();
    },
  };
}
