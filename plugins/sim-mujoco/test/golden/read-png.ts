import { inflateSync } from 'node:zlib';
import type { Pixels } from '@farsim/core';

const signatureLength = 8;
const upFilter = 2;

/** Reads what `encodePng` writes: one IDAT chunk of 8-bit RGB, each row filtered by the one above. Other PNG files are refused. */
export function readPng(file: Buffer): Pixels {
  let at = signatureLength;
  let [width, height] = [0, 0];
  while (at < file.length) {
    const length = file.readUInt32BE(at);
    const type = file.toString('latin1', at + 4, at + 8);
    const body = file.subarray(at + 8, at + 8 + length);
    at += length + 12;
    if (type === 'IHDR') [width, height] = [body.readUInt32BE(0), body.readUInt32BE(4)];
    if (type === 'IDAT') return { width, height, channels: 3, data: unfilter(inflateSync(body), width * 3) };
  }
  throw new Error('a PNG file without an IDAT chunk');
}

function unfilter(filtered: Buffer, stride: number): Uint8Array {
  const rows = filtered.length / (stride + 1);
  const data = new Uint8Array(rows * stride);
  for (let y = 0; y < rows; y++) {
    const from = y * (stride + 1);
    if (filtered[from] !== upFilter) throw new Error('a PNG file that farsim did not write: draw it again');
    for (let x = 0; x < stride; x++)
      data[y * stride + x] = filtered[from + 1 + x]! + (y > 0 ? data[(y - 1) * stride + x]! : 0);
  }
  return data;
}
