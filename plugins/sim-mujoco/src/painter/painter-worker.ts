import { encodePng, toFarsimError } from '@farsim/core/worker';
import { parentPort, workerData } from 'node:worker_threads';
import { loadEngine } from '../engine/engine.ts';
import { readScene } from '../scene/read-scene.ts';
import type { PictureRequest } from './picture-request.ts';
import { SoftwarePainter } from './software-painter.ts';

export interface DrawMessage {
  readonly number: number;
  readonly request: PictureRequest;
  readonly encoding: 'raw' | 'png';
}
export type DrawnMessage =
  | { readonly number: number; readonly data: Uint8Array }
  | { readonly number: number; readonly error: string };

/** Loads the model's scene; the engine it took is gone afterwards. */
async function openPainter(): Promise<SoftwarePainter> {
  const engine = await loadEngine();
  const model = engine.load(workerData as Uint8Array);
  const scene = readScene(model);
  model.delete();
  return new SoftwarePainter(scene);
}

function draw(painter: SoftwarePainter, { number, request, encoding }: DrawMessage): void {
  const { width, height } = request;
  const { pixels } = painter.draw(request);
  // the file may lie in Node's shared pool, which cannot be given away
  const data =
    encoding === 'png' ? new Uint8Array(encodePng({ width, height, channels: 3, data: pixels })) : pixels;
  const reply: DrawnMessage = { number, data };
  parentPort!.postMessage(reply, [data.buffer as ArrayBuffer]);
}

const painter = openPainter();
parentPort!.on('message', async (message: DrawMessage) => {
  try {
    draw(await painter, message);
  } catch (error) {
    const reply: DrawnMessage = { number: message.number, error: toFarsimError(error).message };
    parentPort!.postMessage(reply);
  }
});
