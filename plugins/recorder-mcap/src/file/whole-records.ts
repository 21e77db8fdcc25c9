import { McapConstants, McapRecordBuilder, McapStreamReader, type McapTypes } from '@mcap/core';
import { isFarsimError } from '@farsim/core';
import type { FileHandle } from 'node:fs/promises';
import { decompressHandlers } from './compression.ts';
import { nextRecord } from './next-record.ts';

const { MCAP_MAGIC, Opcode } = McapConstants;
const headBytes = 9;
const indexHeadBytes = headBytes + 2 + 4;
const chunkCrcAt = headBytes + 24;
const dataEndBytes = 4;
const skipped = new Set<number>([Opcode.HEADER, Opcode.MESSAGE_INDEX, Opcode.FOOTER]);
const read = new Set<number>([Opcode.CHUNK, Opcode.ATTACHMENT, Opcode.METADATA]);

/** What of a file could not be read. */
export interface FileLoss {
  readonly bytes: number;
  /** True when more is lost than one last record that was never finished. */
  readonly damaged: boolean;
}

/**
 * The records of an unsealed round that are whole, those of chunks in their place: chunks and attachments whose CRC is
 * right, and metadata. What is damaged is left out, and with it a row that began there; a chunk with a message on an
 * unknown channel counts as damaged. Returns the loss; what follows the end of the data is none.
 */
export async function* wholeRecords(handle: FileHandle): AsyncGenerator<McapTypes.TypedMcapRecord, FileLoss> {
  const { size } = await handle.stat();
  const records = new RecordReader();
  let lost = 0;
  let behindDamage = false;
  const magic = await readAt(handle, 0, MCAP_MAGIC.length);
  if (!magic.equals(Uint8Array.from(MCAP_MAGIC))) return { bytes: size, damaged: size > MCAP_MAGIC.length };
  for (let at = MCAP_MAGIC.length; at < size;) {
    const head = await readAt(handle, at, indexHeadBytes);
    const opcode = head[0]!;
    const length = head.length < headBytes ? Infinity : Number(head.readBigUInt64LE(1));
    const end = at + headBytes + length;
    if (opcode === Opcode.DATA_END && length === dataEndBytes) break;
    if (
      end <= size &&
      skipped.has(opcode) &&
      (opcode !== Opcode.MESSAGE_INDEX || isWholeIndex(head, length))
    ) {
      at = end;
      continue;
    }
    const whole = end <= size && read.has(opcode) && records.parse(await readAt(handle, at, end - at));
    if (whole) {
      yield* behindDamage && opcode === Opcode.CHUNK ? records.withoutBrokenRow(whole) : whole;
      if (opcode === Opcode.CHUNK) behindDamage = false;
      at = end;
      continue;
    }
    const next = await nextRecord(handle, at + 1);
    lost += (next ?? size) - at;
    if (next === undefined) {
      const unfinished =
        end > size && (skipped.has(opcode) || read.has(opcode) || opcode === Opcode.DATA_END);
      return { bytes: lost, damaged: lost > size - at || !unfinished };
    }
    behindDamage = true;
    at = next;
  }
  return { bytes: lost, damaged: lost > 0 };
}

/** Parses records one by one; a broken one leaves no trace. */
class RecordReader {
  readonly #channels = new Map<number, McapTypes.Channel>();
  #reader = new McapStreamReader({ decompressHandlers, noMagicPrefix: true });

  /** The record, or those in it when it is a chunk; undefined when it is damaged. Throws UNSUPPORTED where there is no zstd. */
  parse(bytes: Buffer): McapTypes.TypedMcapRecord[] | undefined {
    if (bytes[0] === Opcode.CHUNK && (bytes.length < chunkCrcAt + 4 || bytes.readUInt32LE(chunkCrcAt) === 0))
      return undefined;
    try {
      const records = this.#drain(bytes);
      for (const record of records) if (record.type === 'Channel') this.#channels.set(record.id, record);
      return records;
    } catch (error) {
      if (isFarsimError(error)) throw error;
      this.#begin();
      return undefined;
    }
  }

  /** Leaves out a first row whose beginning may have been lost. A row begins with its outcome, or ends with it and began in the chunk before. */
  withoutBrokenRow(records: readonly McapTypes.TypedMcapRecord[]): readonly McapTypes.TypedMcapRecord[] {
    const messages = records.filter((record) => record.type === 'Message');
    const row = messages.filter(({ sequence }) => sequence === messages[0]!.sequence);
    const isWhole = row.length > 1 && this.#channels.get(row[0]!.channelId)!.topic === '/outcome';
    return isWhole ? records : records.filter((record) => record.type !== 'Message' || !row.includes(record));
  }

  #drain(bytes: Uint8Array): McapTypes.TypedMcapRecord[] {
    this.#reader.append(bytes);
    const records: McapTypes.TypedMcapRecord[] = [];
    for (let record; (record = this.#reader.nextRecord());) records.push(record);
    if (this.#reader.bytesRemaining() > 0) throw new Error('the record is longer than what it holds');
    return records;
  }

  #begin(): void {
    this.#reader = new McapStreamReader({ decompressHandlers, noMagicPrefix: true });
    const known = new McapRecordBuilder();
    for (const channel of this.#channels.values()) known.writeChannel(channel);
    this.#drain(known.buffer);
  }
}

/** True when a message index's length agrees with that of its list: thousands of them have no CRC. */
function isWholeIndex(head: Buffer, length: number): boolean {
  return head.length === indexHeadBytes && head.readUInt32LE(headBytes + 2) === length - 6;
}

async function readAt(handle: FileHandle, position: number, length: number): Promise<Buffer> {
  const bytes = Buffer.alloc(length);
  const { bytesRead } = await handle.read(bytes, 0, length, position);
  return bytes.subarray(0, bytesRead);
}
