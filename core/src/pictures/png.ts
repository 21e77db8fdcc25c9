import { crc32, deflateSync } from 'node:zlib';
import { FarsimError } from '../model/errors.ts';

/** Pixels in rows from the top, 8 bits a channel: 1 grey, 3 RGB, 4 RGBA (sRGB, alpha not premultiplied). */
export interface Pixels {
  readonly width: number;
  readonly height: number;
  readonly channels: 1 | 3 | 4;
  readonly data: Uint8Array;
}

const signature = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a);
const colourTypes = { 1: 0, 3: 2, 4: 6 } as const;
const upFilter = 2;

/** The bytes of a PNG file (RFC 2083), equal for equal pixels. Every row is filtered by the one above it. Throws BAD_ARGUMENT when `data` has another length than the size says. */
export function encodePng(pixels: Pixels): Uint8Array {
  const { width, height, channels, data } = pixels;
  const stride = width * channels;
  if (width < 1 || height < 1 || data.length !== stride * height) {
    throw new FarsimError(
      'BAD_ARGUMENT',
      `a picture of ${width}×${height} with ${channels} channels has ${stride * height} bytes, not ${data.length}`,
    );
  }
  const filtered = new Uint8Array((stride + 1) * height);
  for (let y = 0; y < height; y++) {
    const from = y * stride;
    let to = y * (stride + 1);
    filtered[to++] = upFilter;
    if (y === 0) filtered.set(data.subarray(0, stride), to);
    else for (let x = 0; x < stride; x++) filtered[to + x] = data[from + x]! - data[from - stride + x]!;
  }
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header[8] = 8;
  header[9] = colourTypes[channels];
  const body = deflateSync(filtered, { level: 3 });
  return Buffer.concat([
    signature,
    ...chunk('IHDR', header),
    ...chunk('IDAT', body),
    ...chunk('IEND', new Uint8Array(0)),
  ]);
}

function chunk(type: string, body: Uint8Array): Uint8Array[] {
  const name = Buffer.from(type, 'latin1');
  const length = Buffer.alloc(4);
  length.writeUInt32BE(body.length);
  const sum = Buffer.alloc(4);
  sum.writeUInt32BE(crc32(body, crc32(name)));
  return [length, name, body, sum];
}
