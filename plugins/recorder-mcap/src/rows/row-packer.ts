import {
  outcomeContext,
  tensorBytes,
  type Action,
  type Frame,
  type NamedTensor,
  type OutcomeContext,
  type WorldSpec,
} from '@farsim/core';
import { imagePrefix } from './image-messages.ts';
import { rowFields } from './row-fields.ts';
import { ChannelRegister, fieldBytes, fieldCount, type RowPlan } from './row-plan.ts';
import { SimulatedClock } from './simulated-clock.ts';
import { messageHeadBytes, rowHeadBytes, type ChannelDefinition } from './writer-messages.ts';

interface ImageMessage {
  readonly channel: number;
  readonly prefix: Uint8Array;
  readonly pixels: Uint8Array;
}

/** A row whose size is known and whose bytes are not copied yet. */
export interface MeasuredRow {
  readonly bytes: number;
  readonly logTime: bigint;
  readonly fields: readonly NamedTensor[];
  readonly plan: RowPlan;
  readonly images: readonly ImageMessage[];
}

/** Lays out a round's rows as its writer takes them (`WriterCommand`). */
export class RowPacker {
  readonly #context: OutcomeContext;
  readonly #register = new ChannelRegister();
  readonly #clock: SimulatedClock;
  #nextRow = 0;

  constructor(spec: WorldSpec) {
    this.#context = outcomeContext(spec);
    this.#clock = new SimulatedClock(spec);
  }

  /** Rows packed so far. */
  get rows(): number {
    return this.#nextRow;
  }

  measure(frame: Frame, action: Action | undefined): MeasuredRow {
    const logTime = this.#clock.advance(frame, action !== undefined);
    const fields = rowFields(this.#context, frame, action);
    const plan = this.#register.plan(fields);
    const images = (frame.images ?? []).map((image) => {
      const { camera, env, encoding, width, height } = image;
      const channel = this.#register.image({ camera, env, encoding, width, height });
      return { channel, prefix: imagePrefix(image, this.#nextRow, logTime), pixels: image.data };
    });
    let bytes = rowHeadBytes + messageHeadBytes * (plan.messages.length + images.length);
    for (const field of fields) bytes += fieldBytes(field);
    for (const { prefix, pixels } of images) bytes += prefix.length + pixels.length;
    return { bytes, logTime, fields, plan, images };
  }

  /** Copies the row into `target` from `start`: the only copy that is made of it on this thread. */
  pack(row: MeasuredRow, target: Uint8Array, start: number): void {
    const view = new DataView(target.buffer, target.byteOffset, target.byteLength);
    view.setUint32(start, row.bytes, true);
    view.setUint32(start + 4, this.#nextRow++, true);
    view.setBigUint64(start + 8, row.logTime, true);
    view.setBigUint64(start + 16, BigInt(Date.now()) * 1_000_000n, true);
    let at = start + rowHeadBytes;
    for (const { channel, fields } of row.plan.messages) {
      const begin = at;
      at += messageHeadBytes;
      for (const index of fields) {
        const field = row.fields[index]!;
        if (field.tensor.shape.length > 0) {
          view.setUint32(at, fieldCount(field), true);
          at += 4;
        }
        const source = tensorBytes(field.tensor);
        target.set(source, at);
        at += source.length;
      }
      view.setUint32(begin, channel, true);
      view.setUint32(begin + 4, at - begin - messageHeadBytes, true);
    }
    for (const { channel, prefix, pixels } of row.images) {
      view.setUint32(at, channel, true);
      view.setUint32(at + 4, prefix.length + pixels.length, true);
      target.set(prefix, at + 8);
      target.set(pixels, at + 8 + prefix.length);
      at += messageHeadBytes + prefix.length + pixels.length;
    }
  }

  /** Channels made since the last call; the writer must know them before the rows. */
  takeNewChannels(): readonly ChannelDefinition[] {
    return this.#register.takeUnsent();
  }
}
