import {
  decodeOutcome,
  buildTree,
  elementCount,
  FarsimError,
  itemSize,
  viewElements,
  type Action,
  type Frame,
  type Image,
  type LedgerRow,
  type NamedTensor,
  type OutcomeContext,
  type RecordedRow,
  type Tensor,
} from '@farsim/core';
import { readImage } from './image-messages.ts';
import type { ChannelContent } from './channel-records.ts';
import type { FieldLayout } from './message-layout.ts';

/** Gathers one row from the messages that carry its number. */
export class RowReader {
  readonly row: number;
  readonly #context: OutcomeContext;
  readonly #named = new Map<string, Tensor>();
  readonly #images: Image[] = [];

  constructor(context: OutcomeContext, row: number) {
    this.#context = context;
    this.row = row;
  }

  take(content: ChannelContent, message: Uint8Array): void {
    if ('image' in content) this.#images.push(readImage(content.image, message));
    else for (const { name, tensor } of readFields(content.fields, message)) this.#named.set(name, tensor);
  }

  /** The row; undefined when it has no outcome, because somebody filtered the file. */
  finish(): RecordedRow | undefined {
    const named = this.#named;
    if (!named.has('tick')) return undefined;
    const time = this.#takeOut('time');
    const ledger = this.#ledger();
    const timing = this.#timing();
    const action = this.#action();
    const values = this.#text('values');
    const finalValues = this.#text('final/values');
    const outcome = [...named].map(([name, tensor]) => ({ name, ...tensor, open: false, bytes: 0 }));
    const frame = decodeOutcome(
      this.#context,
      { tensors: outcome, openCount: 0 },
      [...named.values()],
      values,
      finalValues,
      timing,
    );
    return {
      row: this.row,
      action,
      frame: {
        ...frame,
        ...(time && { time: time.data as Float64Array }),
        ...(this.#images.length > 0 && { images: this.#images }),
        ...(ledger && { ledger }),
      } satisfies Frame,
    };
  }

  #action(): Action | undefined {
    const leaves: [string, Tensor][] = [];
    for (const name of this.#named.keys()) {
      if (name === 'action' || name.startsWith('action/')) leaves.push([name.slice(7), this.#takeOut(name)!]);
    }
    return leaves.length === 0 ? undefined : buildTree(leaves);
  }

  #ledger(): LedgerRow | undefined {
    const [index, op, request, reply] = ['index', 'op', 'request', 'reply'].map((key) =>
      this.#takeOut(`ledger/${key}`),
    );
    if (!index || !op || !request || !reply) return undefined;
    return {
      index: Number(index.data[0]),
      op: Number(op.data[0]),
      request: request.data as Uint8Array,
      reply: reply.data as Uint8Array,
    };
  }

  #timing(): Frame['timing'] {
    const [received, started, finished, encoded] = ['received', 'started', 'finished', 'encoded'].map(
      (key) => {
        const moment = this.#takeOut(`timing/${key}`);
        return moment && Number(moment.data[0]);
      },
    );
    if (received === undefined || started === undefined || finished === undefined || encoded === undefined)
      return undefined;
    return { received, started, finished, encoded };
  }

  #text(name: string): string {
    const tensor = this.#takeOut(name);
    return tensor ? Buffer.from(tensor.data as Uint8Array).toString() : '';
  }

  #takeOut(name: string): Tensor | undefined {
    const tensor = this.#named.get(name);
    this.#named.delete(name);
    return tensor;
  }
}

/** Reads a message's fields into memory of their own. Throws RECORDING_INVALID when its length is not what the layout says. */
export function readFields(fields: readonly FieldLayout[], message: Uint8Array): NamedTensor[] {
  const view = new DataView(message.buffer, message.byteOffset, message.byteLength);
  let at = 0;
  const read = fields.map(({ name, dtype, shape }): NamedTensor => {
    let count = 1;
    if (shape.length > 0 || dtype === 'text') {
      if (at + 4 > message.length) wrongLength(name, message.length);
      count = view.getUint32(at, true);
      at += 4;
    }
    const stored = dtype === 'text' ? 'u8' : dtype;
    const end = at + count * itemSize(stored);
    const known = dtype === 'text' ? [count] : shapeOf(shape, count);
    if (end > message.length || elementCount(known) !== count) wrongLength(name, message.length);
    const data = viewElements(stored, message.slice(at, end).buffer, 0, end - at);
    at = end;
    return { name, tensor: { dtype: stored, shape: known, data } };
  });
  if (at !== message.length) wrongLength(fields[0]?.name ?? '', message.length);
  return read;
}

function shapeOf(shape: readonly number[], count: number): readonly number[] {
  if (shape[0] !== -1) return shape;
  const rest = shape.slice(1);
  return [Math.floor(count / elementCount(rest)), ...rest];
}

function wrongLength(name: string, length: number): never {
  throw new FarsimError(
    'RECORDING_INVALID',
    `a message of ${length} bytes with '${name}' does not have the length that its channel says`,
  );
}
