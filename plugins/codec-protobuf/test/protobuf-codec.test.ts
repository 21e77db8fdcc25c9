import { codecContract } from '@farsim/core/testing';
import { describe, expect, test } from 'vitest';
import { protobufCodec } from '../src/protobuf-codec.ts';

describe('protobuf codec', () => {
  for (const rule of codecContract(protobufCodec)) test(rule.fact, rule.check);

  const hex = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text.replaceAll(' ', ''), 'hex'));
  test.each([
    ['nothing', ''],
    ['no kind', '0a'],
    ['an unknown field', '52 02 78 01'],
    ['a field with the wrong wire type', '52 05 0d 01 00 00 00'],
    ['a group', '52 02 0b 0c'],
    ['a field twice', '52 04 08 01 08 02'],
    ['two kinds', '52 02 08 01 5a 02 08 01'],
    ['a number of 33 bits', '52 06 08 ff ff ff ff 1f'],
    ['a number of six bytes', '52 07 08 80 80 80 80 80 01'],
    ['an enum value that is none', '42 02 20 63'],
    ['a bool that is 2', '4a 02 10 02'],
    ['text that is not UTF-8', '4a 03 2a 01 ff'],
    ['a length that leaves its message', '52 0a 08 01'],
    ['field number zero', '52 02 00 01'],
    ['repeated numbers that are not packed', '42 06 4a 04 08 01 10 01'],
  ])('a header with %s is refused', (_, bytes) => {
    expect(() => protobufCodec.decode(hex(bytes))).toThrowError(
      expect.objectContaining({ code: 'DECODE_FAILED' }),
    );
  });
});
