import { inflateSync, crc32 } from 'node:zlib';
import { expect, test } from 'vitest';
import { encodePng, type Pixels } from '../src/pictures/png.ts';

const channelCounts = [1, 3, 4] as const;

function noise(width: number, height: number, channels: Pixels['channels']): Pixels {
  const data = Uint8Array.from({ length: width * height * channels }, (_, i) => (i * 2654435761) >>> 24);
  return { width, height, channels, data };
}

/** Chunks by name, their sums checked. */
function chunksOf(file: Uint8Array): Map<string, Buffer> {
  const bytes = Buffer.from(file);
  const chunks = new Map<string, Buffer>();
  for (let at = 8; at < bytes.length;) {
    const length = bytes.readUInt32BE(at);
    const named = bytes.subarray(at + 4, at + 8 + length);
    expect(bytes.readUInt32BE(at + 8 + length)).toBe(crc32(named));
    chunks.set(named.toString('latin1', 0, 4), named.subarray(4));
    at += 12 + length;
  }
  return chunks;
}

test.each(channelCounts)('keeps every pixel of %i channels', (channels) => {
  const pixels = noise(7, 5, channels);
  const chunks = chunksOf(encodePng(pixels));
  const header = chunks.get('IHDR')!;
  expect([header.readUInt32BE(0), header.readUInt32BE(4)]).toEqual([7, 5]);
  const rows = inflateSync(chunks.get('IDAT')!);
  const stride = 7 * channels;
  const seen = new Uint8Array(stride * 5);
  for (let y = 0; y < 5; y++) {
    expect(rows[y * (stride + 1)]).toBe(2);
    for (let x = 0; x < stride; x++) {
      const above = y === 0 ? 0 : seen[(y - 1) * stride + x]!;
      seen[y * stride + x] = rows[y * (stride + 1) + 1 + x]! + above;
    }
  }
  expect(seen).toEqual(pixels.data);
});

test('refuses pixels that do not fill the size', () => {
  expect(() => encodePng({ ...noise(4, 4, 3), width: 5 })).toThrow(
    '5×4 with 3 channels has 60 bytes, not 48',
  );
});
