import { FarsimError, type Action, type Frame, type RoundHeader, type RoundSummary } from '@farsim/core';
import { Worker } from 'node:worker_threads';
import { BatchRing } from './batch-ring.ts';
import { headerLabels } from './round-labels.ts';
import { RowPacker } from '../rows/row-packer.ts';
import type { WriterCommand, WriterReply } from '../rows/writer-messages.ts';

type Order = Exclude<WriterCommand, { kind: 'rows' }>;
type OrderContent = Order extends infer Each ? (Each extends Order ? Omit<Each, 'id'> : never) : never;

/** Rows and bytes that an order found in the round's file. */
export interface RoundExtent {
  readonly rows: number;
  readonly bytes: number;
}

/**
 * The stepping thread's end of the writer thread. After the writer's first failure every call but `close` rejects with it,
 * and rows are no longer kept.
 */
export class RoundWriter {
  readonly #worker = new Worker(new URL('./writer-worker.js', import.meta.url));
  readonly #ring = new BatchRing((buffer, used) => {
    const channels = this.#packer?.takeNewChannels() ?? [];
    this.#tell({ kind: 'rows', buffer, used, channels }, [buffer]);
  });
  readonly #orders = new Map<number, PromiseWithResolvers<RoundExtent>>();
  #rowsThatWait = 0;
  #threadEnded = false;
  #closed = false;
  #packer: RowPacker | undefined;
  #lastId = 0;
  #failure: FarsimError | undefined;
  #failureSeen = false;

  constructor() {
    this.#worker.unref();
    this.#worker.on('message', (reply: WriterReply) => this.#hear(reply));
    this.#worker.on('error', (error) =>
      this.#fail(
        new FarsimError('RECORDING_FAILED', `the writer thread died: ${error.message}`, { cause: error }),
      ),
    );
    this.#worker.on('exit', () => {
      this.#threadEnded = true;
      if (!this.#closed) this.#fail(new FarsimError('RECORDING_FAILED', 'the writer thread ended'));
    });
  }

  /** Rows accepted in this round. */
  get rows(): number {
    return this.#packer?.rows ?? 0;
  }

  get failed(): boolean {
    return this.#failure !== undefined;
  }

  /** The failure that no call has thrown yet. */
  takeUnseenFailure(): FarsimError | undefined {
    return this.#failureSeen ? undefined : this.#failure;
  }

  async begin(file: string, header: RoundHeader): Promise<void> {
    this.#packer = new RowPacker(header.spec);
    await this.#order({ kind: 'begin', file, header: JSON.stringify(header), labels: headerLabels(header) });
  }

  /** Copies the row; undefined when that was done at once, else a promise that is done when memory was free for it. */
  write(frame: Frame, action: Action | undefined): Promise<void> | undefined {
    this.#throwFailure();
    const packer = this.#packer!;
    const row = packer.measure(frame, action);
    const place = this.#ring.reserve(row.bytes);
    if (!place) return this.#writeLater(row);
    packer.pack(row, place.bytes, place.start);
    this.#ring.filled();
    return undefined;
  }

  async #writeLater(row: ReturnType<RowPacker['measure']>): Promise<void> {
    this.#rowsThatWait++;
    this.#keepProcess();
    try {
      for (;;) {
        await this.#ring.waitForReturn();
        this.#throwFailure();
        const place = this.#ring.reserve(row.bytes);
        if (!place) continue;
        this.#packer!.pack(row, place.bytes, place.start);
        this.#ring.filled();
        return;
      }
    } finally {
      this.#rowsThatWait--;
      this.#keepProcess();
    }
  }

  /** The process stays alive for the thread exactly while somebody waits for it. */
  #keepProcess(): void {
    if (this.#orders.size + this.#rowsThatWait > 0) this.#worker.ref();
    else this.#worker.unref();
  }

  durable(): Promise<RoundExtent> {
    return this.#order({ kind: 'durable' });
  }

  end(summary: RoundSummary): Promise<RoundExtent> {
    return this.#order({ kind: 'end', summary: { ...summary, rows: this.rows } });
  }

  /** Ends the thread; rows given so far are written where the disk still takes them, and an open round stays unsealed. */
  async close(): Promise<void> {
    if (!this.#failure) this.#ring.flush();
    if (!this.#threadEnded) {
      await this.#order({ kind: 'close' }).catch((error: unknown) => {
        if (error !== this.#failure) throw error;
      });
    }
    this.#closed = true;
    await this.#worker.terminate();
  }

  #order(order: OrderContent): Promise<RoundExtent> {
    if (order.kind !== 'close') {
      this.#throwFailure();
      this.#ring.flush();
    }
    const id = ++this.#lastId;
    const answer = Promise.withResolvers<RoundExtent>();
    this.#orders.set(id, answer);
    this.#keepProcess();
    this.#tell({ ...order, id } as Order);
    return answer.promise;
  }

  #tell(command: WriterCommand, transfer: ArrayBuffer[] = []): void {
    this.#worker.postMessage(command, transfer);
  }

  #hear(reply: WriterReply): void {
    switch (reply.kind) {
      case 'free':
        this.#ring.takeBack(reply.buffer);
        return;
      case 'done':
        this.#orders.get(reply.id)?.resolve(reply);
        this.#orders.delete(reply.id);
        this.#keepProcess();
        return;
      case 'failed': {
        const { code, message, suggestions, details } = reply.failure;
        this.#fail(new FarsimError(code, message, { suggestions, details }));
      }
    }
  }

  #fail(error: FarsimError): void {
    this.#failure ??= error;
    const waiting = [...this.#orders.values()];
    this.#orders.clear();
    this.#failureSeen ||= waiting.length > 0;
    for (const order of waiting) order.reject(this.#failure);
    this.#ring.wake();
    this.#keepProcess();
  }

  #throwFailure(): void {
    if (!this.#failure) return;
    this.#failureSeen = true;
    throw this.#failure;
  }
}
