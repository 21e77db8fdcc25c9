import { jsonCodec } from '@farsim/codec-json';
import { protobufCodec } from '@farsim/codec-protobuf';
import { expect, test } from 'vitest';
import { compareDecoders } from './compare-decoders.ts';
import { compareFrames } from './compare-frames.ts';

/** Headers a codec; the fault table's full count is 1e6. */
const count = Number(process.env.FARSIM_FUZZ_COUNT ?? 3_000);
const seed = Number(process.env.FARSIM_FUZZ_SEED ?? 1);

test.each([protobufCodec, jsonCodec])(
  'both languages come to the same verdict on every $name header, whole or damaged',
  async (codec) => {
    const { accepted } = await compareDecoders(codec, count, seed);
    expect(accepted).toBeGreaterThan(count / 5);
    expect(accepted).toBeLessThan(count);
  },
  30_000 + count,
);

test.each([protobufCodec, jsonCodec])(
  'both languages refuse the same frames and view the same arrays, by $name',
  async (codec) => {
    const { accepted } = await compareFrames(codec, count, seed);
    expect(accepted).toBeGreaterThan(count / 5);
    expect(accepted).toBeLessThan(count);
  },
  30_000 + count,
);
