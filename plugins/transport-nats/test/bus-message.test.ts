import { expect, test } from 'vitest';
import { decodeMessage, encodeMessage, messageKinds } from '../src/bus-message.ts';

const largest = Number.MAX_SAFE_INTEGER;

test.each([0, 1, 2 ** 32 - 1, 2 ** 32, 2 ** 32 + 7, largest])(
  'counters of %d stay what they are',
  (count) => {
    const bytes = Buffer.from(encodeMessage(messageKinds.data, count, largest - count, Buffer.of(5)));
    expect(bytes.readBigUInt64LE(8)).toBe(BigInt(count));
    expect(bytes.readBigUInt64LE(16)).toBe(BigInt(largest - count));
    expect(decodeMessage(bytes)).toMatchObject({ kind: 3, sent: count, taken: largest - count });
  },
);

test.each([8, 16])('a counter of 2^53 at byte %d is refused', (at) => {
  const bytes = Buffer.from(encodeMessage(messageKinds.alive, 0, 0));
  bytes.writeBigUInt64LE(2n ** 53n, at);
  expect(() => decodeMessage(bytes)).toThrow(/2\^53/);
});
