import assert from 'node:assert/strict';
import { jsonCodec } from '@farsim/codec-json';
import { protobufCodec } from '@farsim/codec-protobuf';
import { compareDecoders } from '../fuzz/compare-decoders.ts';
import { compareFrames } from '../fuzz/compare-frames.ts';
import type { FaultRow } from './fault-row.ts';

const allowedGrowth = 64 << 20;

/** Headers and whole frames by halves, half of each in each codec, in parts, so that memory can be looked at after the first. */
async function mutate(count: number): Promise<number> {
  const parts = 4;
  let longestMs = 0;
  let heldAfterFirst = 0;
  for (let part = 0; part < parts; part++) {
    for (const codec of [protobufCodec, jsonCodec]) {
      for (const compare of [compareDecoders, compareFrames]) {
        const found = await compare(codec, Math.ceil(count / parts / 4), part + 1);
        // the first ones are decoded by code that is still compiled
        if (part > 0) longestMs = Math.max(longestMs, found.longestMs);
      }
    }
    globalThis.gc?.();
    const held = process.memoryUsage().heapUsed;
    if (part === 0) heldAfterFirst = held;
    else if (globalThis.gc)
      assert.ok(held - heldAfterFirst < allowedGrowth, `${held - heldAfterFirst} bytes more`);
  }
  assert.ok(longestMs < 100, `one took ${longestMs} ms`);
  return longestMs;
}

export const decoders: readonly FaultRow[] = [
  {
    id: 'R10',
    fault: 'mutated headers and frames in both decoders, TypeScript and Python',
    full: 1_000_000,
    quick: 2_000,
    run: async (count) => {
      try {
        const longestMs = await mutate(count);
        return { passed: count, failures: [], figure: `the longest: ${longestMs.toFixed(1)} ms` };
      } catch (error) {
        return { passed: 0, failures: [String(error)], figure: 'none' };
      }
    },
  },
];
