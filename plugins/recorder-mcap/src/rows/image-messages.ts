import type { Image } from '@farsim/core';

const header = `================================================================================
MSG: std_msgs/Header
uint32 seq
time stamp
string frame_id
`;

/** The two ROS message types that other people's viewers show as pictures. */
export const imageDefinitions = {
  'sensor_msgs/Image': `Header header
uint32 height
uint32 width
string encoding
uint8 is_bigendian
uint32 step
uint8[] data
${header}`,
  'sensor_msgs/CompressedImage': `Header header
string format
uint8[] data
${header}`,
} as const;

/** What one image channel's messages share. */
export interface ImageLayout {
  readonly camera: string;
  readonly env: number;
  readonly encoding: Image['encoding'];
  readonly width: number;
  readonly height: number;
}

export function imageSchema(layout: ImageLayout): keyof typeof imageDefinitions {
  return layout.encoding === 'raw' ? 'sensor_msgs/Image' : 'sensor_msgs/CompressedImage';
}

/** All of an image's message before its pixels; the stamp is the row's simulated time. */
export function imagePrefix(image: Image, row: number, timeNs: bigint): Uint8Array {
  const camera = Buffer.from(image.camera);
  const format = Buffer.from(image.encoding === 'raw' ? 'rgb8' : image.encoding);
  const raw = image.encoding === 'raw';
  const bytes = Buffer.alloc(16 + camera.length + 4 + format.length + 4 + (raw ? 13 : 0));
  let at = bytes.writeUInt32LE(row, 0);
  at = bytes.writeUInt32LE(Number(timeNs / 1_000_000_000n) >>> 0, at);
  at = bytes.writeUInt32LE(Number(timeNs % 1_000_000_000n), at);
  at = bytes.writeUInt32LE(camera.length, at);
  at += camera.copy(bytes, at);
  if (raw) at = bytes.writeUInt32LE(image.width, bytes.writeUInt32LE(image.height, at));
  at = bytes.writeUInt32LE(format.length, at);
  at += format.copy(bytes, at);
  if (raw) at = bytes.writeUInt32LE(image.width * 3, bytes.writeUInt8(0, at));
  bytes.writeUInt32LE(image.data.length, at);
  return bytes;
}

/** The image that a message of the channel holds. */
export function readImage(layout: ImageLayout, message: Uint8Array): Image {
  const view = new DataView(message.buffer, message.byteOffset, message.byteLength);
  let at = 12;
  at += 4 + view.getUint32(at, true);
  if (layout.encoding === 'raw') at += 8;
  at += 4 + view.getUint32(at, true);
  if (layout.encoding === 'raw') at += 5;
  const length = view.getUint32(at, true);
  return { ...layout, data: message.slice(at + 4, at + 4 + length) };
}
