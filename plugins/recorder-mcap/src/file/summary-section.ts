import { McapConstants, type McapRecordBuilder, type McapTypes } from '@mcap/core';
import { crc32 } from 'node:zlib';

const { Opcode } = McapConstants;
const footerHeadBytes = 25;

/** Gathers what an MCAP file's summary section says, and writes it with the footer. */
export class SummarySection {
  readonly #schemas: McapTypes.Schema[] = [];
  readonly #channels: McapTypes.Channel[] = [];
  readonly #chunks: McapTypes.ChunkIndex[] = [];
  readonly #attachments: McapTypes.AttachmentIndex[] = [];
  readonly #metadata: McapTypes.MetadataIndex[] = [];
  readonly #messagesOf = new Map<number, bigint>();
  #messages = 0n;
  #startTime = 0n;
  #endTime = 0n;

  /** Log time of the newest message. */
  get endTime(): bigint {
    return this.#endTime;
  }

  addChannel(channel: McapTypes.Channel, schema: McapTypes.Schema): void {
    this.#schemas.push(schema);
    this.#channels.push(channel);
  }

  countMessage({ channelId, logTime }: McapTypes.Message): void {
    if (this.#messages === 0n || logTime < this.#startTime) this.#startTime = logTime;
    if (logTime > this.#endTime) this.#endTime = logTime;
    this.#messages++;
    this.#messagesOf.set(channelId, (this.#messagesOf.get(channelId) ?? 0n) + 1n);
  }

  addChunk(
    chunk: McapTypes.Chunk,
    offset: bigint,
    length: bigint,
    indexOffsets: Map<number, bigint>,
    indexLength: bigint,
  ): void {
    const { messageStartTime, messageEndTime, compression, uncompressedSize, records } = chunk;
    this.#chunks.push({
      messageStartTime,
      messageEndTime,
      chunkStartOffset: offset,
      chunkLength: length,
      messageIndexOffsets: indexOffsets,
      messageIndexLength: indexLength,
      compression,
      compressedSize: BigInt(records.length),
      uncompressedSize,
    });
  }

  addAttachment({ data, ...attachment }: McapTypes.Attachment, offset: bigint, length: bigint): void {
    this.#attachments.push({ ...attachment, offset, length, dataSize: BigInt(data.length) });
  }

  addMetadata({ name }: McapTypes.Metadata, offset: bigint, length: bigint): void {
    this.#metadata.push({ name, offset, length });
  }

  /** Writes the summary section, its offsets, the footer and the closing magic, the first byte to be at `start`. */
  write(records: McapRecordBuilder, start: bigint): void {
    const groups: [opcode: number, write: () => void][] = [
      [Opcode.SCHEMA, () => this.#schemas.forEach((schema) => records.writeSchema(schema))],
      [Opcode.CHANNEL, () => this.#channels.forEach((channel) => records.writeChannel(channel))],
      [Opcode.STATISTICS, () => records.writeStatistics(this.#statistics())],
      [Opcode.CHUNK_INDEX, () => this.#chunks.forEach((chunk) => records.writeChunkIndex(chunk))],
      [
        Opcode.ATTACHMENT_INDEX,
        () => this.#attachments.forEach((attachment) => records.writeAttachmentIndex(attachment)),
      ],
      [
        Opcode.METADATA_INDEX,
        () => this.#metadata.forEach((metadata) => records.writeMetadataIndex(metadata)),
      ],
    ];
    const offsets = groups.map(([groupOpcode, write]) => {
      const begin = records.length;
      write();
      return { groupOpcode, groupStart: start + BigInt(begin), groupLength: BigInt(records.length - begin) };
    });
    const summaryOffsetStart = start + BigInt(records.length);
    for (const offset of offsets) if (offset.groupLength > 0n) records.writeSummaryOffset(offset);
    const head = Buffer.alloc(footerHeadBytes);
    head[0] = Opcode.FOOTER;
    head.writeBigUInt64LE(20n, 1);
    head.writeBigUInt64LE(start, 9);
    head.writeBigUInt64LE(summaryOffsetStart, 17);
    records.writeFooter({
      summaryStart: start,
      summaryOffsetStart,
      summaryCrc: crc32(head, crc32(records.buffer)),
    });
    records.writeMagic();
  }

  #statistics(): McapTypes.Statistics {
    return {
      messageCount: this.#messages,
      schemaCount: this.#schemas.length,
      channelCount: this.#channels.length,
      attachmentCount: this.#attachments.length,
      metadataCount: this.#metadata.length,
      chunkCount: this.#chunks.length,
      messageStartTime: this.#startTime,
      messageEndTime: this.#endTime,
      channelMessageCounts: this.#messagesOf,
    };
  }
}
