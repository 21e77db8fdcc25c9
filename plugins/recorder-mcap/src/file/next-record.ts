import { McapConstants } from '@mcap/core';
import type { FileHandle } from 'node:fs/promises';
import { summaryName } from './round-file.ts';

const { Opcode } = McapConstants;
const windowBytes = 1 << 20;
const chunkHeadBytes = 9 + 8 + 8 + 8 + 4 + 4;
const longestHead = chunkHeadBytes + 'zstd'.length + 8;
const nameAt = 9 + 8 + 8 + 4;
const compressions = new Set(['', 'zstd', 'lz4']);

/**
 * The offset from `from` on at which a round's next chunk begins, or its summary: found by what a record's head must be,
 * because behind damage no length can be trusted. Undefined when there is none.
 */
export async function nextRecord(handle: FileHandle, from: number): Promise<number | undefined> {
  const window = Buffer.alloc(windowBytes);
  for (let start = from; ; start += windowBytes - longestHead) {
    const { bytesRead } = await handle.read(window, 0, windowBytes, start);
    const bytes = window.subarray(0, bytesRead);
    const found = [nextChunk(bytes), nextSummary(bytes)].filter((at) => at !== undefined);
    if (found.length > 0) return start + Math.min(...found);
    if (bytesRead < windowBytes) return undefined;
  }
}

function nextChunk(bytes: Buffer): number | undefined {
  for (let at = bytes.indexOf(Opcode.CHUNK); at >= 0; at = bytes.indexOf(Opcode.CHUNK, at + 1))
    if (isChunkHead(bytes, at)) return at;
  return undefined;
}

/** True when the chunk's length agrees with those of its parts. */
function isChunkHead(bytes: Buffer, at: number): boolean {
  const name = at + chunkHeadBytes;
  if (name > bytes.length) return false;
  const nameBytes = bytes.readUInt32LE(name - 4);
  if (nameBytes > 4 || name + nameBytes + 8 > bytes.length) return false;
  const parts = BigInt(chunkHeadBytes - 9 + nameBytes + 8) + bytes.readBigUInt64LE(name + nameBytes);
  return (
    compressions.has(bytes.toString('latin1', name, name + nameBytes)) &&
    bytes.readBigUInt64LE(at + 1) === parts
  );
}

function nextSummary(bytes: Buffer): number | undefined {
  for (let name = bytes.indexOf(summaryName); name >= 0; name = bytes.indexOf(summaryName, name + 1)) {
    const at = name - nameAt;
    if (at >= 0 && bytes[at] === Opcode.ATTACHMENT && bytes.readUInt32LE(name - 4) === summaryName.length)
      return at;
  }
  return undefined;
}
