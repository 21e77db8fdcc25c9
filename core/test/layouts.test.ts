import { protobufCodec } from '@farsim/codec-protobuf';
import { describe, expect, test } from 'vitest';
import type { Block, HeaderToSend, Layout } from '../src/model/messages.ts';
import { f32, f64, type Tensor } from '../src/model/tensor.ts';
import { decodeFrame, encodeFrame } from '../src/session/wire/frame-format.ts';
import { LayoutReader, LayoutWriter, type NamedTensor } from '../src/session/wire/layouts.ts';

function wire(parts: readonly Uint8Array[]): Uint8Array {
  return new Uint8Array(Buffer.concat(parts));
}

function received(bytes: Uint8Array): Uint8Array {
  return Uint8Array.from(bytes);
}

function send(
  writer: LayoutWriter,
  tensors: readonly NamedTensor[],
): { layout: Uint8Array | undefined; frame: Uint8Array } {
  const payloads: Uint8Array[] = [];
  const { block, layout } = writer.write(tensors, payloads);
  const header: HeaderToSend = { kind: 'reply', body: { seq: 1, blocks: [block] } };
  return {
    layout: layout && wire(encodeFrame(protobufCodec, { kind: 'layout', body: layout })),
    frame: wire(encodeFrame(protobufCodec, header, payloads)),
  };
}

function read(reader: LayoutReader, frame: Uint8Array): Tensor[] {
  const { header, bytes, payloadOffset } = decodeFrame(protobufCodec, received(frame));
  if (header.kind !== 'reply') throw new Error(header.kind);
  return reader.read(header.body.blocks, bytes, payloadOffset)[0]!;
}

function learn(reader: LayoutReader, frame: Uint8Array): void {
  const { header } = decodeFrame(protobufCodec, received(frame));
  reader.learn(header.body as Layout);
}

const outcome: NamedTensor[] = [
  { name: 'reward', tensor: f32([1.5]) },
  { name: 'terminated', tensor: { dtype: 'bool', shape: [1], data: Uint8Array.of(1) } },
  { name: 'obs', tensor: f64([1, NaN, -0], [1, 3]) },
  { name: 'final/envs', tensor: { dtype: 'i32', shape: [2], data: Int32Array.of(4, 2) }, open: true },
  { name: 'empty', tensor: f64([], [0, 3]), open: true },
];

describe('layouts', () => {
  test('arrays arrive bit for bit, at addresses that allow views', () => {
    const reader = new LayoutReader();
    const { layout, frame } = send(new LayoutWriter(), outcome);
    learn(reader, layout!);
    const tensors = read(reader, frame);
    expect(tensors).toEqual(outcome.map(({ tensor }) => tensor));
    for (const { data } of tensors) expect(data.byteOffset % 8).toBe(0);
  });

  test('a layout is named once, and again only for another shape', () => {
    const writer = new LayoutWriter();
    expect(send(writer, outcome).layout).toBeDefined();
    expect(send(writer, outcome).layout).toBeUndefined();
    expect(send(writer, [{ name: 'obs', tensor: f64([1, 2]) }]).layout).toBeDefined();
    expect(send(writer, outcome).layout).toBeUndefined();
    expect(send(writer, [{ name: 'obs', tensor: f64([1, 2, 3]) }]).layout).toBeDefined();
  });

  test('an open first dimension does not need a new layout', () => {
    const writer = new LayoutWriter();
    const reader = new LayoutReader();
    const rows = (n: number): NamedTensor[] => [
      { name: 'action', tensor: f64(new Float64Array(2 * n), [n, 2]), open: true },
    ];
    const first = send(writer, rows(3));
    const second = send(writer, rows(1));
    expect(second.layout).toBeUndefined();
    learn(reader, first.layout!);
    expect(read(reader, first.frame)[0]!.shape).toEqual([3, 2]);
    expect(read(reader, second.frame)[0]!.shape).toEqual([1, 2]);
  });

  test('the 257th layout is refused with a way out', () => {
    const writer = new LayoutWriter();
    for (let n = 1; n <= 256; n++) send(writer, [{ name: 'obs', tensor: f64(new Float64Array(n)) }]);
    expect(() => send(writer, [{ name: 'obs', tensor: f64(new Float64Array(257)) }])).toThrowError(
      expect.objectContaining({
        code: 'LIMIT_EXCEEDED',
        suggestions: [expect.stringContaining('same from step to step')],
      }),
    );
  });

  const layoutOf = (tensors: Layout['tensors']): Layout => ({ id: 1, tensors });
  test.each([
    [
      'a name twice',
      layoutOf([
        { name: 'a', dtype: 2, shape: [1] },
        { name: 'a', dtype: 2, shape: [1] },
      ]),
      'DECODE_FAILED',
    ],
    ['rank 9', layoutOf([{ name: 'a', dtype: 2, shape: [1, 1, 1, 1, 1, 1, 1, 1, 1] }]), 'LIMIT_EXCEEDED'],
    ['a name of 257 bytes', layoutOf([{ name: 'a'.repeat(257), dtype: 2, shape: [1] }]), 'LIMIT_EXCEEDED'],
    [
      'more bytes than a frame may have',
      layoutOf([{ name: 'a', dtype: 2, shape: [1 << 16, 1 << 16] }]),
      'LIMIT_EXCEEDED',
    ],
    [
      '1,025 tensors',
      layoutOf(Array.from({ length: 1025 }, (_, i) => ({ name: `${i}`, dtype: 2, shape: [1] }))),
      'LIMIT_EXCEEDED',
    ],
  ])('a layout with %s is refused', (_, layout, code) => {
    expect(() => new LayoutReader().learn(layout)).toThrowError(expect.objectContaining({ code }));
  });

  test('a layout may not be named twice', () => {
    const reader = new LayoutReader();
    reader.learn(layoutOf([]));
    expect(() => reader.learn(layoutOf([]))).toThrowError(expect.objectContaining({ code: 'DECODE_FAILED' }));
  });

  const oneDouble = (): LayoutReader => {
    const reader = new LayoutReader();
    reader.learn(layoutOf([{ name: 'a', dtype: 2, shape: [1] }]));
    return reader;
  };
  const block = (layout: number, lengths: number[] = []): Block => ({
    layout,
    lengths,
    info: '',
    finalInfo: '',
  });
  test.each([
    ['one byte too few', oneDouble(), block(1), 15],
    ['one byte too many', oneDouble(), block(1), 17],
    ['a layout that was never named', oneDouble(), block(2), 16],
    ['a length where no dimension is open', oneDouble(), block(1, [1]), 16],
  ])('a frame with %s is refused', (_, reader, given, size) => {
    expect(() => reader.read([given], new Uint8Array(size), 8)).toThrowError(
      expect.objectContaining({ code: 'DECODE_FAILED' }),
    );
  });

  test('a frame whose padding is not zero is refused', () => {
    const writer = new LayoutWriter();
    const { layout, frame } = send(writer, [
      { name: 'a', tensor: f32([1]) },
      { name: 'b', tensor: f32([1]) },
    ]);
    const reader = new LayoutReader();
    learn(reader, layout!);
    const dirty = Uint8Array.from(frame);
    dirty[frame.length - 5] = 1;
    expect(() => read(reader, dirty)).toThrowError(expect.objectContaining({ code: 'DECODE_FAILED' }));
  });
});
