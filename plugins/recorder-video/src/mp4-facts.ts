import { FarsimError } from '@farsim/core';

/** What an MP4 file says of its one video track. */
export interface Mp4Facts {
  readonly width: number;
  readonly height: number;
  readonly frames: number;
  readonly seconds: number;
  /** Sample entry of the track: `avc1` for H.264. */
  readonly codec: string;
  /** Bytes of the coded pictures together. */
  readonly pictureBytes: number;
}

const containers = new Set(['moov', 'trak', 'mdia', 'minf', 'stbl']);

/** Reads the boxes of an MP4 file (ISO 14496-12). Throws RENDER_FAILED when it has no complete video track. */
export function readMp4Facts(bytes: Uint8Array): Mp4Facts {
  const boxes = new Map<string, DataView>();
  collect(new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength), boxes);
  const box = (name: string): DataView => {
    const found = boxes.get(name);
    if (!found) throw new FarsimError('RENDER_FAILED', `the video file has no '${name}' box`);
    return found;
  };
  const [mediaHeader, sizes, descriptions, times] = [box('mdhd'), box('stsz'), box('stsd'), box('stts')];
  const long = mediaHeader.getUint8(0) === 1;
  const timescale = mediaHeader.getUint32(long ? 20 : 12);
  const fixedSize = sizes.getUint32(4);
  const frames = sizes.getUint32(8);
  let pictureBytes = fixedSize * frames;
  if (fixedSize === 0) for (let i = 0; i < frames; i++) pictureBytes += sizes.getUint32(12 + 4 * i);
  let ticks = 0;
  for (let i = 0; i < times.getUint32(4); i++)
    ticks += times.getUint32(8 + 8 * i) * times.getUint32(12 + 8 * i);
  return {
    codec: nameAt(descriptions, 12),
    width: descriptions.getUint16(40),
    height: descriptions.getUint16(42),
    frames,
    seconds: ticks / timescale,
    pictureBytes,
  };
}

function collect(view: DataView, boxes: Map<string, DataView>): void {
  for (let at = 0; at + 8 <= view.byteLength;) {
    const short = view.getUint32(at);
    const head = short === 1 ? 16 : 8;
    const size = short === 0 ? view.byteLength - at : short === 1 ? Number(view.getBigUint64(at + 8)) : short;
    if (size < head || at + size > view.byteLength) {
      throw new FarsimError(
        'RENDER_FAILED',
        `the video file is cut: a box of ${size} bytes at ${at} of ${view.byteLength}`,
      );
    }
    const name = nameAt(view, at + 4);
    const content = new DataView(view.buffer, view.byteOffset + at + head, size - head);
    if (containers.has(name)) collect(content, boxes);
    else boxes.set(name, content);
    at += size;
  }
}

function nameAt(view: DataView, at: number): string {
  return String.fromCharCode(...[0, 1, 2, 3].map((i) => view.getUint8(at + i)));
}
