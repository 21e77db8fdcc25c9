import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { isFarsimError, tensorBytes, type Codec } from '@farsim/core';
import { decodeFrame } from '../../core/src/session/wire/frame-format.ts';
import { LayoutReader } from '../../core/src/session/wire/layouts.ts';
import { makeFrames } from './frame-cases.ts';
import { createRandom } from './header-cases.ts';

const batch = 20_000;
const python = path.join(import.meta.dirname, '../../python');

export interface FrameVerdicts {
  readonly accepted: number;
  /** The longest that the frames of one connection took here, milliseconds. */
  readonly longestMs: number;
}

/** Lets both languages read layouts and blocks of so many connections, whole and damaged, and asserts that they refuse and view the same. */
export async function compareFrames(codec: Codec, count: number, seed: number): Promise<FrameVerdicts> {
  const random = createRandom(seed);
  let accepted = 0;
  let longestMs = 0;
  for (let done = 0; done < count; done += batch) {
    const cases = Array.from({ length: Math.min(batch, count - done) }, () => makeFrames(random, codec));
    const far = await readFar(codec, cases);
    assert.equal(far.length, cases.length);
    for (const [i, frames] of cases.entries()) {
      const began = performance.now();
      const near = readNear(codec, frames);
      longestMs = Math.max(longestMs, performance.now() - began);
      if (near !== far[i]) {
        const shown = frames.map((frame) => Buffer.from(frame).toString('hex'));
        assert.deepEqual({ frames: shown, verdict: near }, { frames: shown, verdict: far[i] });
      }
      if (near.startsWith('[')) accepted++;
    }
  }
  return { accepted, longestMs };
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

async function readFar(codec: Codec, cases: readonly (readonly Uint8Array[])[]): Promise<string[]> {
  const child = spawn('python3', [path.join(import.meta.dirname, 'decode_frames.py'), codec.name], {
    env: { ...process.env, PYTHONPATH: python, PYTHONIOENCODING: 'utf-8' },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const u32 = (number: number): Buffer => {
    const bytes = Buffer.alloc(4);
    bytes.writeUInt32LE(number);
    return bytes;
  };
  child.stdin.end(
    Buffer.concat(
      cases.flatMap((frames) => [
        u32(frames.length),
        ...frames.flatMap((frame) => [u32(frame.length), frame]),
      ]),
    ),
  );
  const said = (await text(child.stdout)).trimEnd().split('\n');
  return said.map((line) => JSON.stringify(JSON.parse(line)));
}
