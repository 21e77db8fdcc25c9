import { FarsimError, itemSize, type NamedTensor } from '@farsim/core';
import { fieldLayout, isText, topicOf, type FieldLayout } from './message-layout.ts';
import type { ImageLayout } from './image-messages.ts';
import type { ChannelDefinition } from './writer-messages.ts';

const mostChannels = 60_000;

/** How the fields of one kind of row are spread over channels; kept for the next row that looks the same. */
export interface RowPlan {
  readonly seen: readonly NamedTensor[];
  /** Each message's channel and which fields it holds, in order. */
  readonly messages: readonly { readonly channel: number; readonly fields: readonly number[] }[];
}

/** The channels of one round's file, made as rows need them. */
export class ChannelRegister {
  readonly #ids = new Map<string, number>();
  readonly #layoutsOfTopic = new Map<string, number>();
  #unsent: ChannelDefinition[] = [];
  #plan: RowPlan | undefined;

  /** Spreads a row's fields over channels, one for each topic. */
  plan(fields: readonly NamedTensor[]): RowPlan {
    if (this.#plan && looksTheSame(this.#plan.seen, fields)) return this.#plan;
    const byTopic = Map.groupBy(fields.keys(), (index) => topicOf(fields[index]!.name));
    const messages = Array.from(byTopic, ([topic, indices]) => {
      const layouts = indices.map((index) => fieldLayout(fields[index]!));
      return { channel: this.#channel(topic, signatureOf(layouts), { fields: layouts }), fields: indices };
    });
    this.#plan = { seen: fields, messages };
    return this.#plan;
  }

  /** The channel of one camera of one env. */
  image(layout: ImageLayout): number {
    const topic = `/camera/${layout.camera}/env_${layout.env}`;
    return this.#channel(topic, `${layout.encoding} ${layout.width}×${layout.height}`, { image: layout });
  }

  /** The definitions that the writer was not told yet. */
  takeUnsent(): readonly ChannelDefinition[] {
    const unsent = this.#unsent;
    this.#unsent = [];
    return unsent;
  }

  #channel(
    topic: string,
    signature: string,
    what: { fields: readonly FieldLayout[] } | { image: ImageLayout },
  ): number {
    const key = `${topic}\n${signature}`;
    let id = this.#ids.get(key);
    if (id === undefined) {
      id = this.#ids.size + 1;
      if (id > mostChannels) {
        throw new FarsimError(
          'RECORDING_FAILED',
          `a round with more than ${mostChannels} layouts of arrays cannot be recorded`,
          {
            suggestions: ['keep the shapes and names of observations and info the same from step to step'],
          },
        );
      }
      const nth = (this.#layoutsOfTopic.get(topic) ?? 0) + 1;
      this.#layoutsOfTopic.set(topic, nth);
      this.#ids.set(key, id);
      this.#unsent.push({ id, topic, nth, ...what });
    }
    return id;
  }
}

function signatureOf(fields: readonly FieldLayout[]): string {
  return fields.map(({ name, dtype, shape }) => `${name}|${dtype}|${shape.join()}`).join('\n');
}

function looksTheSame(a: readonly NamedTensor[], b: readonly NamedTensor[]): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) {
    const { name, tensor } = a[i]!;
    const other = b[i]!.tensor;
    if (name !== b[i]!.name || tensor.dtype !== other.dtype || tensor.shape.length !== other.shape.length)
      return false;
    const firstAxis = tensor.data.length === 0 || other.data.length === 0 ? 0 : 1;
    for (let axis = firstAxis; axis < tensor.shape.length; axis++)
      if (tensor.shape[axis] !== other.shape[axis]) return false;
  }
  return true;
}

/** Bytes that a field takes in its message: its elements, after their count (bytes, for text) unless it is a scalar. */
export function fieldBytes({ tensor }: NamedTensor): number {
  return tensor.data.byteLength + (tensor.shape.length === 0 ? 0 : 4);
}

/** The count that stands before a field's elements. */
export function fieldCount({ name, tensor }: NamedTensor): number {
  return isText(name) ? tensor.data.byteLength : tensor.data.byteLength / itemSize(tensor.dtype);
}
