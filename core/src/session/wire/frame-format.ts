import { FarsimError } from '../../model/errors.ts';
import type { Header, HeaderToSend } from '../../model/messages.ts';
import type { Codec } from '../../ports/codec.ts';
import { wireLimits } from '../limits.ts';

const padding = new Uint8Array(8);
const emptyTail: readonly Uint8Array[] = [];

/** Lays out one frame (docs/protocol.md, "Bytes") as parts to be sent in one write; payloads are not copied. */
export function encodeFrame(
  codec: Codec,
  header: HeaderToSend,
  payloads: readonly Uint8Array[] = emptyTail,
): Uint8Array[] {
  const headerBytes = codec.encode(header);
  requireHeaderFits(headerBytes.length);
  const headEnd = 8 + headerBytes.length;
  let end = payloads.length === 0 ? headEnd : align(headEnd);
  const head = new Uint8Array(end);
  head.set(headerBytes, 8);
  const parts: Uint8Array[] = [head];
  for (let i = 0; i < payloads.length; i++) {
    const payload = payloads[i]!;
    parts.push(payload);
    end += payload.length;
    const gap = align(end) - end;
    if (gap > 0 && i < payloads.length - 1) {
      parts.push(padding.subarray(0, gap));
      end += gap;
    }
  }
  if (end - 4 > wireLimits.frameBytes) {
    throw new FarsimError(
      'LIMIT_EXCEEDED',
      `a frame of ${end} bytes is over the limit of ${wireLimits.frameBytes}`,
    );
  }
  const view = new DataView(head.buffer);
  view.setUint32(0, end - 4, true);
  view.setUint32(4, headerBytes.length, true);
  return parts;
}

export interface DecodedFrame {
  readonly header: Header;
  /** The whole frame, its length prefix included, at an 8-aligned address. */
  readonly bytes: Uint8Array;
  /** Where the first payload begins, or the frame's end when there is none. */
  readonly payloadOffset: number;
}

/** Reads a received frame's header. Throws DECODE_FAILED or LIMIT_EXCEEDED. */
export function decodeFrame(codec: Codec, bytes: Uint8Array): DecodedFrame {
  if (bytes.length < 8)
    throw new FarsimError(
      'DECODE_FAILED',
      `a frame of ${bytes.length} bytes is shorter than its 8-byte head`,
    );
  const view = new DataView(bytes.buffer, bytes.byteOffset, 8);
  const total = view.getUint32(0, true);
  const headerLength = view.getUint32(4, true);
  if (total !== bytes.length - 4) {
    throw new FarsimError('DECODE_FAILED', `a frame says ${total} bytes and has ${bytes.length - 4}`);
  }
  requireHeaderFits(headerLength);
  const headEnd = 8 + headerLength;
  if (headEnd > bytes.length) {
    throw new FarsimError(
      'DECODE_FAILED',
      `a header of ${headerLength} bytes does not fit a frame of ${bytes.length}`,
    );
  }
  const header = codec.decode(bytes.subarray(8, headEnd));
  const payloadOffset = headEnd === bytes.length ? headEnd : align(headEnd);
  requireZeros(bytes, headEnd, Math.min(payloadOffset, bytes.length));
  return { header, bytes, payloadOffset };
}

function requireHeaderFits(length: number): void {
  if (length <= wireLimits.headerBytes) return;
  throw new FarsimError(
    'LIMIT_EXCEEDED',
    `a header of ${length} bytes is over the limit of ${wireLimits.headerBytes}`,
  );
}

/** The next multiple of 8. */
export function align(offset: number): number {
  return (offset + 7) & ~7;
}

/** Throws DECODE_FAILED when padding holds anything but zeros. */
export function requireZeros(bytes: Uint8Array, from: number, to: number): void {
  for (let i = from; i < to; i++) {
    if (bytes[i] !== 0)
      throw new FarsimError('DECODE_FAILED', `padding at byte ${i} is ${bytes[i]}, not zero`);
  }
}
