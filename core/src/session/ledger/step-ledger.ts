import { createHash } from 'node:crypto';
import type { LedgerRow } from '../../model/frame.ts';
import { tensorBytes, type Tensor } from '../../model/tensor.ts';
import { wireDtype, type NamedTensor } from '../wire/layouts.ts';

const absent = Uint8Array.of(0xff, 0xff, 0xff, 0xff);

/** The running proof that each action ran once, in order (docs/protocol.md, "The step ledger"). */
export class StepLedger {
  #index = 0;
  #head: Uint8Array;

  /** Begins after `specHash`, or goes on from a known entry. */
  constructor(specHash: Uint8Array, from?: { readonly index: number; readonly head: Uint8Array }) {
    this.#index = from?.index ?? 0;
    this.#head = from?.head ?? sha256([Buffer.from('farsim-ledger/1'), specHash]);
  }

  /** Number of entries so far. */
  get index(): number {
    return this.#index;
  }

  /** 32 bytes; equal heads at equal indices prove equal histories. */
  get head(): Uint8Array {
    return this.#head;
  }

  append(op: number, request: Uint8Array, reply: Uint8Array): void {
    const place = Buffer.alloc(9);
    place.writeBigUInt64LE(BigInt(++this.#index));
    place[8] = op;
    this.#head = sha256([this.#head, place, request, reply]);
  }

  appendRow(row: LedgerRow): void {
    this.append(row.op, row.request, row.reply);
  }
}

/** `tensors` are a request's or reply's, as they were on the wire. */
export type Digestible = readonly NamedTensor[];

export function digestStepRequest(tensors: Digestible, repeat: number): Uint8Array {
  return sha256([...group(tensors, 'action'), ...field(find(tensors, 'envs')), u32(Math.max(1, repeat))]);
}

export function digestResetRequest(tensors: Digestible, options: string): Uint8Array {
  return sha256([
    ...field(find(tensors, 'seed')),
    ...field(find(tensors, 'envs')),
    ...text(options),
    ...group(tensors, 'state'),
  ]);
}

export function digestRecvRequest(min: number): Uint8Array {
  return sha256([u32(min)]);
}

export function digestRestoreRequest(snapshot: Uint8Array): Uint8Array {
  return sha256([sha256([snapshot])]);
}

export function digestOutcome(tensors: Digestible): Uint8Array {
  const named = ['envs', 'reward', 'terminated', 'truncated', 'tick', 'episode'];
  const holdsState = tensors.some(({ name }) => name.startsWith('state/'));
  return sha256([
    ...named.flatMap((name) => field(find(tensors, name))),
    ...group(tensors, holdsState ? 'state' : 'obs'),
  ]);
}

/** The reply of a request that failed (its code), or of a restore (''). */
export function digestText(value: string): Uint8Array {
  return sha256(text(value));
}

function find(tensors: Digestible, name: string): Tensor | undefined {
  return tensors.find((named) => named.name === name)?.tensor;
}

function group(tensors: Digestible, prefix: string): Uint8Array[] {
  const members = tensors
    .filter(({ name }) => name === prefix || (name.startsWith(prefix) && name[prefix.length] === '/'))
    .toSorted((a, b) => Buffer.compare(Buffer.from(a.name), Buffer.from(b.name)));
  return [
    u32(members.length),
    ...members.flatMap(({ name, tensor }) => {
      const bytes = Buffer.from(name);
      return [u32(bytes.length), bytes, ...field(tensor)];
    }),
  ];
}

function field(tensor: Tensor | undefined): Uint8Array[] {
  if (!tensor) return [absent];
  const bytes = tensorBytes(tensor);
  const head = Buffer.alloc(6 + 4 * tensor.shape.length);
  head.writeUInt32LE(bytes.length, 0);
  head[4] = wireDtype(tensor.dtype);
  head[5] = tensor.shape.length;
  tensor.shape.forEach((length, axis) => head.writeUInt32LE(length, 6 + 4 * axis));
  return [head, bytes];
}

function text(value: string): Uint8Array[] {
  if (value === '') return [absent];
  const bytes = Buffer.from(value);
  return [u32(bytes.length), bytes];
}

function u32(value: number): Uint8Array {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
}

function sha256(parts: readonly Uint8Array[]): Uint8Array {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return hash.digest();
}
