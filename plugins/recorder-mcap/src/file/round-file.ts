import { McapChunkBuilder, McapRecordBuilder, type McapTypes } from '@mcap/core';
import type { RoundSummary } from '@farsim/core';
import { closeSync, fdatasyncSync, fsyncSync, ftruncateSync, openSync, writeSync } from 'node:fs';
import path from 'node:path';
import { crc32 } from 'node:zlib';
import { compressChunk } from './compression.ts';
import { SummarySection } from './summary-section.ts';

const chunkBytes = 64 << 10;

/** Attachments at a round's two ends. */
export const headerName = 'round-header.json';
export const summaryName = 'round-summary.json';

/** What `round-summary.json` holds: the recorder's summary, how many rows there are, and which were lost between them (first and last of each gap). */
export type StoredSummary = RoundSummary & {
  readonly rows: number;
  readonly missing?: readonly RowGap[];
};

/** The first and the last of rows that were lost. */
export type RowGap = readonly [first: number, last: number];

/**
 * An MCAP file that grows by whole chunks, each one write: a process killed at any moment leaves a prefix of the file, and
 * every chunk in it is complete. Synchronous, so it belongs in a worker. Errors are those of node:fs.
 */
export class RoundFile {
  readonly #fd: number;
  readonly #path: string;
  readonly #records = new McapRecordBuilder();
  readonly #chunk = new McapChunkBuilder({});
  readonly #summary = new SummarySection();
  #position = 0;
  #dataCrc = 0;
  #rows = 0;
  #rowsWritten = 0;
  #folderSynced = false;
  #definedOnce: (readonly [McapTypes.Channel, McapTypes.Schema])[] = [];

  /** Creates the file; one of that name must not exist. */
  constructor(file: string) {
    this.#fd = openSync(file, 'wx');
    this.#path = file;
    this.#records.writeMagic();
    this.#records.writeHeader({ profile: 'farsim/1', library: 'farsim' });
    this.#append();
  }

  /** Rows that were given to the file. */
  get rows(): number {
    return this.#rows;
  }

  get bytes(): number {
    return this.#position;
  }

  /** True while rows are in memory only. */
  get pending(): boolean {
    return this.#rows > this.#rowsWritten;
  }

  addMetadata(metadata: McapTypes.Metadata): void {
    const length = this.#records.writeMetadata(metadata);
    this.#summary.addMetadata(metadata, BigInt(this.#position), length);
    this.#append();
  }

  addHeader(json: string): void {
    this.addAttachment(headerName, 'application/json', Buffer.from(json));
  }

  addSummary(summary: StoredSummary): void {
    this.addAttachment(summaryName, 'application/json', Buffer.from(JSON.stringify(summary)));
  }

  addAttachment(name: string, mediaType: string, data: Uint8Array): void {
    const attachment = {
      name,
      mediaType,
      data,
      logTime: this.#summary.endTime,
      createTime: BigInt(Date.now()) * 1_000_000n,
    };
    const length = this.#records.writeAttachment(attachment);
    this.#summary.addAttachment(attachment, BigInt(this.#position), length);
    this.#append();
  }

  /**
   * Names a channel and its schema; both travel in the chunk of the first message on it, and in the next one too: without
   * them no later message can be read.
   */
  addChannel(channel: McapTypes.Channel, schema: McapTypes.Schema): void {
    this.#define(channel, schema);
    this.#definedOnce.push([channel, schema]);
    this.#summary.addChannel(channel, schema);
  }

  #define(channel: McapTypes.Channel, schema: McapTypes.Schema): void {
    this.#chunk.addSchema(schema);
    this.#chunk.addChannel(channel);
  }

  addMessage(message: McapTypes.Message): void {
    this.#chunk.addMessage(message);
    this.#summary.countMessage(message);
  }

  /** Ends a row: rows are never split over chunks. */
  endRow(): void {
    this.#rows++;
    if (this.#chunk.byteLength >= chunkBytes) this.flush();
  }

  /** Writes the rows so far as a chunk. */
  flush(): void {
    if (this.#chunk.numMessages > 0) {
      const plain = this.#chunk.buffer;
      const chunk = {
        messageStartTime: this.#chunk.messageStartTime,
        messageEndTime: this.#chunk.messageEndTime,
        uncompressedSize: BigInt(plain.length),
        uncompressedCrc: crc32(plain),
        ...compressChunk(plain),
      };
      const start = BigInt(this.#position);
      const length = this.#records.writeChunk(chunk);
      const indexOffsets = new Map<number, bigint>();
      let at = start + length;
      for (const index of this.#chunk.indices) {
        if (index.records.length === 0) continue;
        indexOffsets.set(index.channelId, at);
        at += this.#records.writeMessageIndex(index);
      }
      this.#summary.addChunk(chunk, start, length, indexOffsets, at - start - length);
      this.#chunk.reset();
      this.#append();
      for (const [channel, schema] of this.#definedOnce) this.#define(channel, schema);
      this.#definedOnce = [];
    }
    this.#rowsWritten = this.#rows;
  }

  /** Writes the rows so far and waits until the disk has them. */
  sync(): void {
    this.flush();
    fdatasyncSync(this.#fd);
    if (this.#folderSynced) return;
    const folder = openSync(path.dirname(this.#path), 'r');
    try {
      fsyncSync(folder);
    } finally {
      closeSync(folder);
    }
    this.#folderSynced = true;
  }

  /** Writes what is left, the index and the footer, and closes the file. */
  seal(): void {
    this.flush();
    this.#records.writeDataEnd({ dataSectionCrc: this.#dataCrc });
    this.#append();
    this.#summary.write(this.#records, BigInt(this.#position));
    this.#append();
    this.sync();
    this.close();
  }

  /** Closes the file as it is. */
  close(): void {
    closeSync(this.#fd);
  }

  /** One write; when the disk takes only a part of it, that part is cut off again. */
  #append(): void {
    const bytes = this.#records.buffer;
    this.#records.reset();
    try {
      for (let done = 0; done < bytes.length;)
        done += writeSync(this.#fd, bytes, done, bytes.length - done, this.#position + done);
    } catch (error) {
      ftruncateSync(this.#fd, this.#position);
      throw error;
    }
    this.#dataCrc = crc32(bytes, this.#dataCrc);
    this.#position += bytes.length;
  }
}
