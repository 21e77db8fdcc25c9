import { FarsimError } from '@farsim/core';
import { Worker } from 'node:worker_threads';
import type { DrawMessage, DrawnMessage } from './painter-worker.ts';
import type { PictureRequest } from './picture-request.ts';

/**
 * A software painter in a worker of its own. Pictures come in the order of the calls; the next may be asked for before the
 * last has come. The worker alone never keeps the process alive.
 */
export class Painter implements AsyncDisposable {
  readonly #worker: Worker;
  readonly #waiting = new Map<number, PromiseWithResolvers<Uint8Array>>();
  #next = 0;
  #failure: FarsimError | undefined;

  /** `binary` is a compiled model; in shared memory it is not copied. */
  constructor(binary: Uint8Array) {
    this.#worker = new Worker(new URL('./painter-worker.js', import.meta.url), { workerData: binary });
    this.#worker.on('message', (message: DrawnMessage) => this.#take(message));
    this.#worker.on('error', (error) => {
      this.#end(new FarsimError('RENDER_FAILED', `the painter failed: ${String(error)}`, { cause: error }));
    });
    this.#worker.on('exit', () => this.#end(new FarsimError('CLOSED', 'the painter was closed')));
    this.#worker.unref();
  }

  /** Pictures asked for that have not come. */
  get busy(): number {
    return this.#waiting.size;
  }

  /** Draws; gives pixels or a PNG file. Takes the arrays of the request's poses over. Throws RENDER_FAILED, CLOSED. */
  draw(request: PictureRequest, encoding: 'raw' | 'png'): Promise<Uint8Array> {
    if (this.#failure) return Promise.reject(this.#failure);
    const number = this.#next++;
    const drawn = Promise.withResolvers<Uint8Array>();
    this.#waiting.set(number, drawn);
    this.#worker.ref();
    const { geomPositions, geomRotations, lightPositions, lightDirections } = request.poses;
    const owned = [geomPositions, geomRotations, lightPositions, lightDirections];
    const message: DrawMessage = { number, request, encoding };
    this.#worker.postMessage(
      message,
      owned.map(({ buffer }) => buffer as ArrayBuffer),
    );
    return drawn.promise;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#worker.terminate();
  }

  #take(message: DrawnMessage): void {
    const drawn = this.#waiting.get(message.number);
    this.#waiting.delete(message.number);
    if (this.#waiting.size === 0) this.#worker.unref();
    if ('data' in message) drawn?.resolve(message.data);
    else drawn?.reject(new FarsimError('RENDER_FAILED', message.error));
  }

  #end(failure: FarsimError): void {
    this.#failure ??= failure;
    for (const { reject } of this.#waiting.values()) reject(this.#failure);
    this.#waiting.clear();
  }
}
