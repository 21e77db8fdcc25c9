import { isFarsimError, tensorBytes, type Codec } from '@farsim/core';
import { decodeFrame } from '../../core/src/session/wire/frame-format.ts';
import { LayoutReader } from '../../core/src/session/wire/layouts.ts';
import { compareVerdicts, u32, type Verdicts } from './compare-verdicts.ts';
import { makeFrames } from './frame-cases.ts';
import { createRandom } from './header-cases.ts';

/** Lets both languages read layouts and blocks of so many connections, whole and damaged, and asserts that they refuse and view the same. */
export async function compareFrames(codec: Codec, count: number, seed: number): Promise<Verdicts> {
  const random = createRandom(seed);
  return compareVerdicts(
    {
      make: () => makeFrames(random, codec),
      near: (frames) => readNear(codec, frames),
      program: ['decode_frames.py', codec.name],
      bytes: (frames) => [u32(frames.length), ...frames.flatMap((frame) => [u32(frame.length), frame])],
      isAccepted: (verdict) => verdict.startsWith('['),
      show: (frames) => frames.map((frame) => Buffer.from(frame).toString('hex')),
    },
    count,
  );
}

function readNear(codec: Codec, frames: readonly Uint8Array[]): string {
  try {
    const layouts = new LayoutReader();
    const viewed: [string, string][][] = [];
    for (const frame of frames) {
      const aligned = Uint8Array.from(frame);
      const { header, payloadOffset } = decodeFrame(codec, aligned);
      if (header.kind === 'layout') layouts.learn(header.body);
      else if (header.kind === 'request') {
        const read = layouts.read(header.body.blocks, aligned, payloadOffset);
        for (const [i, tensors] of read.entries()) {
          const named = layouts.get(header.body.blocks[i]!.layout).tensors;
          viewed.push(
            tensors.map((tensor, k) => [named[k]!.name, Buffer.from(tensorBytes(tensor)).toString('hex')]),
          );
        }
      }
    }
    return JSON.stringify(viewed);
  } catch (error) {
    return JSON.stringify(isFarsimError(error) ? error.code : String(error));
  }
}
