import { dtypes, messageEnums, type Codec } from '@farsim/core';
import { encodeFrame } from '../../core/src/session/wire/frame-format.ts';
import type { Random } from './header-cases.ts';

const itemSizes: readonly number[] = dtypes.map((dtype) =>
  dtype === 'bool' ? 1 : Number(dtype.slice(1)) / 8,
);
const openDimension = 0xffffffff;
const numbers = [0, 1, 2, 3, 8, 255, 0x7fffffff, 0xfffffffe, 0xffffffff];

interface DrawnTensor {
  readonly name: string;
  readonly dtype: number;
  readonly shape: readonly number[];
  readonly itemSize: number;
}

/** What one connection brings: a frame or two that name layouts, and a request with blocks in them; whole, or damaged in one place. */
export function makeFrames(random: Random, codec: Codec): Uint8Array[] {
  const damaged = random(4) > 0;
  const layouts = Array.from({ length: 1 + random(2) }, () => drawTensors(random, damaged));
  const frames = layouts.map((tensors, i) => {
    const body = { id: damaged && random(12) === 0 ? random(3) : i + 1, tensors: tensors.map(wire) };
    return Buffer.concat(encodeFrame(codec, { kind: 'layout', body } as never));
  });
  const payloads: Uint8Array[] = [];
  const blocks = Array.from({ length: random(3) }, () => {
    const at = random(layouts.length);
    const lengths: number[] = [];
    for (const { shape, itemSize } of layouts[at]!) {
      const length = random(4);
      if (shape[0] === openDimension) lengths.push(length);
      const sizes = shape.map((size, axis) => (axis === 0 && size === openDimension ? length : size));
      const bytes = sizes.reduce((product, size) => product * size, itemSize);
      payloads.push(Uint8Array.from({ length: bytes < 4096 ? bytes : 8 }, () => random(256)));
    }
    if (damaged && random(10) === 0) lengths.push(pick(random, numbers));
    if (damaged && random(10) === 0 && lengths.length > 0) lengths[0] = pick(random, numbers);
    return { layout: damaged && random(12) === 0 ? random(4) : at + 1, lengths };
  });
  const body = { seq: 1, op: 1, blocks };
  frames.push(Buffer.concat(encodeFrame(codec, { kind: 'request', body } as never, payloads)));
  return damaged && random(2) === 0 ? damageOne(random, frames) : frames;
}

function drawTensors(random: Random, damaged: boolean): DrawnTensor[] {
  return Array.from({ length: random(4) }, (_, i) => {
    const at = random(dtypes.length);
    const shape = Array.from({ length: random(4) }, () => random(4));
    if (shape.length > 0 && random(3) === 0) shape[0] = openDimension;
    if (damaged && random(12) === 0) shape.push(pick(random, numbers));
    if (damaged && random(30) === 0) shape.push(...Array.from({ length: 8 }, () => pick(random, numbers)));
    const name = damaged && random(10) === 0 ? 'a' : damaged && random(40) === 0 ? 'é'.repeat(129) : `t${i}`;
    const dtype = Object.values(messageEnums.Dtype!)[at]!;
    return { name, dtype, shape, itemSize: itemSizes[at]! };
  });
}

function wire({ name, dtype, shape }: DrawnTensor): object {
  return { name, dtype, shape };
}

/** Changes, cuts or lengthens one frame; its first four bytes tell the new length, as whoever reads a stream has it. */
function damageOne(random: Random, frames: readonly Uint8Array[]): Uint8Array[] {
  const chosen = random(frames.length);
  return frames.map((frame, i) => {
    if (i !== chosen) return frame;
    const at = 4 + random(frame.length - 3);
    const way = random(4);
    let bytes: Buffer;
    if (way === 0) bytes = Buffer.from(frame.subarray(0, Math.max(4, at)));
    else if (way === 1) bytes = Buffer.concat([frame, Buffer.alloc(1 + random(9), random(2))]);
    else {
      bytes = Buffer.from(frame);
      if (at < bytes.length) bytes[at] = way === 2 ? random(256) : bytes[at]! ^ (1 << random(8));
    }
    bytes.writeUInt32LE(bytes.length - 4, 0);
    return Uint8Array.from(bytes);
  });
}

function pick<T>(random: Random, from: readonly T[]): T {
  return from[random(from.length)]!;
}
