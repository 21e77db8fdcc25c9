import { readFileSync } from 'node:fs';
import { jsonCodec } from '@farsim/codec-json';
import { protobufCodec } from '@farsim/codec-protobuf';
import {
  decodeFrame,
  digestOutcome,
  digestRecvRequest,
  digestResetRequest,
  digestRestoreRequest,
  digestStepRequest,
  digestText,
  encodeFrame,
  isFarsimError,
  LayoutReader,
  StepLedger,
  tensorBytes,
  viewElements,
  type Dtype,
  type Header,
  type HeaderToSend,
  type NamedTensor,
} from '@farsim/core';
import { describe, expect, test } from 'vitest';

function vectors<Row>(name: string): readonly Row[] {
  return JSON.parse(
    readFileSync(new URL(`fixtures/wire/${name}.json`, import.meta.url), 'utf8'),
  ) as readonly Row[];
}

const bytes = (hex: string): Uint8Array => new Uint8Array(Buffer.from(hex, 'hex'));
const hex = (parts: readonly Uint8Array[]): string => Buffer.concat(parts).toString('hex');
const codecs = { protobuf: protobufCodec, json: jsonCodec };
const text = (value: object): Uint8Array => new TextEncoder().encode(JSON.stringify(value));

/** A header read from its JSON form, so that it can be sent with either codec. */
function headerOf(json: object): HeaderToSend {
  return jsonCodec.decode(text(json)) as HeaderToSend;
}

describe('headers', () => {
  test.each(vectors<{ name: string; header: object; protobuf: string; json: string }>('headers'))(
    '$name',
    ({ header, protobuf, json }) => {
      const sent = headerOf(header);
      expect(hex([protobufCodec.encode(sent)])).toBe(protobuf);
      const again = protobufCodec.decode(bytes(protobuf)) as HeaderToSend;
      expect(JSON.parse(Buffer.from(jsonCodec.encode(again)).toString())).toEqual(JSON.parse(json));
      expect(hex([protobufCodec.encode(headerOf(JSON.parse(json) as object))])).toBe(protobuf);
    },
  );
});

test('both languages refuse and accept the same bytes', () => {
  const rows = vectors<{ name: string; codec: 'protobuf' | 'json'; hex: string; verdict: string }>('hostile');
  const verdicts = rows.map(({ codec, hex: given }) => {
    try {
      codecs[codec].decode(bytes(given));
      return 'ok';
    } catch (error) {
      return isFarsimError(error) ? error.code : String(error);
    }
  });
  expect(rows.map(({ name }, i) => `${name}: ${verdicts[i]}`)).toEqual(
    rows.map(({ name, verdict }) => `${name}: ${verdict}`),
  );
});

interface FrameVector {
  readonly name: string;
  readonly codec: 'protobuf' | 'json';
  readonly layout: object;
  readonly layoutFrame: string;
  readonly blocks: readonly { layout: number; lengths: number[]; payloads: string[] }[];
  readonly frame: string;
}

describe('frames', () => {
  test.each(vectors<FrameVector>('frames'))(
    '$name ($codec)',
    ({ codec: name, layout, layoutFrame, blocks, frame }) => {
      const codec = codecs[name];
      const reader = new LayoutReader();
      if (layoutFrame !== '') {
        const header = headerOf({ layout });
        expect(hex(encodeFrame(codec, header))).toBe(layoutFrame);
        reader.learn((header as Extract<Header, { kind: 'layout' }>).body);
      }
      const reply: HeaderToSend = {
        kind: 'reply',
        body: { seq: 9, blocks: blocks.map(({ layout: id, lengths }) => ({ layout: id, lengths })) },
      };
      const payloads = blocks.flatMap((block) => block.payloads.map(bytes));
      expect(hex(encodeFrame(codec, reply, payloads))).toBe(frame);
      const { header, bytes: received, payloadOffset } = decodeFrame(codec, bytes(frame));
      const read = reader.read(
        (header as Extract<Header, { kind: 'reply' }>).body.blocks,
        received,
        payloadOffset,
      );
      expect(read.map((tensors) => tensors.map((tensor) => hex([tensorBytes(tensor)])))).toEqual(
        blocks.map((block) => block.payloads),
      );
    },
  );
});

interface TensorVector {
  readonly name: string;
  readonly dtype: Dtype;
  readonly shape: number[];
  readonly data: string;
}

interface LedgerVector {
  readonly specHash?: string;
  readonly op: keyof typeof ops;
  readonly request: { tensors?: TensorVector[]; repeat?: number; options?: string; min?: number };
  readonly reply: { tensors?: TensorVector[]; text?: string };
  readonly requestDigest: string;
  readonly replyDigest: string;
  readonly index: number;
  readonly head: string;
}

function named({ name, dtype, shape, data }: TensorVector): NamedTensor {
  const own = bytes(data);
  return { name, tensor: { dtype, shape, data: viewElements(dtype, own.buffer, 0, own.length) } };
}

const ops = { reset: 0, step: 1, send: 3, recv: 4, setState: 6, restore: 9 };

function digestOfRequest({ op, request }: LedgerVector): Uint8Array {
  const tensors = (request.tensors ?? []).map(named);
  if (op === 'reset' || op === 'setState') return digestResetRequest(tensors, request.options ?? '');
  if (op === 'recv') return digestRecvRequest(request.min ?? 0);
  if (op === 'restore') return digestRestoreRequest(tensors[0]!.tensor.data as Uint8Array);
  return digestStepRequest(tensors, request.repeat ?? 1);
}

test('both languages keep the same ledger', () => {
  const [start, ...entries] = vectors<LedgerVector>('ledger');
  const ledger = new StepLedger(bytes(start!.specHash!));
  expect(hex([ledger.head])).toBe(start!.head);
  for (const entry of entries) {
    const request = digestOfRequest(entry);
    const { tensors, text: said } = entry.reply;
    const reply = tensors ? digestOutcome(tensors.map(named)) : digestText(said ?? '');
    expect(hex([request])).toBe(entry.requestDigest);
    expect(hex([reply])).toBe(entry.replyDigest);
    ledger.append(ops[entry.op], request, reply);
    expect([ledger.index, hex([ledger.head])]).toEqual([entry.index, entry.head]);
  }
});
