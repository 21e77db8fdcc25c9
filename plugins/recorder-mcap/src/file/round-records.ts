import { McapIndexedReader, McapStreamReader, type McapTypes } from '@mcap/core';
import { FarsimError, isFarsimError, type RoundHeader } from '@farsim/core';
import { open, type FileHandle } from 'node:fs/promises';
import { decompressHandlers } from './compression.ts';
import { wholeRecords, type FileLoss } from './whole-records.ts';
import { headerName, summaryName, type StoredSummary } from './round-file.ts';

const pieceBytes = 256 << 10;

/** A round as its file's first and last records tell it. */
export interface RoundFacts {
  readonly file: string;
  readonly bytes: number;
  readonly header: RoundHeader;
  /** Absent when the round was never sealed. */
  readonly summary?: StoredSummary;
}

/**
 * The records of an MCAP file's data section in order, those of chunks in their place. Of a file without a footer it gives
 * what is whole ({@link wholeRecords}); a sealed one that is damaged throws RECORDING_INVALID.
 */
export async function* roundRecords(
  file: string,
  sealed: boolean,
): AsyncGenerator<McapTypes.TypedMcapRecord, FileLoss> {
  const handle = await openFile(file);
  try {
    if (sealed) yield* sealedRecords(handle, file);
    return sealed ? { bytes: 0, damaged: false } : yield* wholeRecords(handle);
  } finally {
    await handle.close();
  }
}

async function* sealedRecords(handle: FileHandle, file: string): AsyncGenerator<McapTypes.TypedMcapRecord> {
  const reader = new McapStreamReader({ decompressHandlers });
  const piece = new Uint8Array(pieceBytes);
  try {
    for (;;) {
      const { bytesRead } = await handle.read(piece, 0, pieceBytes);
      if (bytesRead === 0) throw new Error('the file ends before its footer');
      reader.append(piece.subarray(0, bytesRead));
      for (let record; (record = reader.nextRecord());) {
        if (record.type === 'DataEnd') return;
        yield record;
      }
    }
  } catch (error) {
    throw invalid(file, error);
  }
}

/**
 * Reads what a round says about itself without reading its rows, or all of it when it was never sealed; with `distrust` all of it, and a sealed one that is damaged counts as one that was never sealed.
 * Undefined when it died before its header was whole.
 */
export async function readRoundFacts(file: string, distrust = false): Promise<RoundFacts | undefined> {
  const handle = await openFile(file);
  try {
    const { size } = await handle.stat();
    const sealed = distrust
      ? await readIntactFacts(handle, file, size)
      : await readSealedFacts(handle, file, size);
    if (sealed) return sealed;
    for await (const record of roundRecords(file, false)) {
      if (record.type !== 'Attachment' || record.name !== headerName) continue;
      return { file, bytes: size, header: parseJson<RoundHeader>(file, record) };
    }
    return undefined;
  } finally {
    await handle.close();
  }
}

/** Those of a sealed round of which every record is whole. */
async function readIntactFacts(
  handle: FileHandle,
  file: string,
  size: number,
): Promise<RoundFacts | undefined> {
  const facts = await readSealedFacts(handle, file, size).catch((error: unknown) => {
    if (isFarsimError(error) && error.code === 'RECORDING_INVALID') return undefined;
    throw error;
  });
  if (!facts?.summary) return facts;
  const records = roundRecords(file, false);
  for (;;) {
    const { done, value } = await records.next();
    if (done) return value.bytes === 0 ? facts : undefined;
  }
}

async function readSealedFacts(
  handle: FileHandle,
  file: string,
  size: number,
): Promise<RoundFacts | undefined> {
  let reader: McapIndexedReader;
  try {
    reader = await McapIndexedReader.Initialize({
      decompressHandlers,
      readable: {
        size: () => Promise.resolve(BigInt(size)),
        read: async (offset, length) => {
          const bytes = new Uint8Array(Number(length));
          const { bytesRead } = await handle.read(bytes, 0, bytes.length, Number(offset));
          if (bytesRead < bytes.length)
            throw new Error(`${file} has only ${bytesRead} of ${bytes.length} bytes at ${offset}`);
          return bytes;
        },
      },
    });
  } catch {
    return undefined;
  }
  let header: RoundHeader | undefined;
  let summary: StoredSummary | undefined;
  try {
    for await (const attachment of reader.readAttachments()) {
      if (attachment.name === headerName) header = parseJson<RoundHeader>(file, attachment);
      if (attachment.name === summaryName) summary = parseJson<StoredSummary>(file, attachment);
    }
  } catch (error) {
    throw invalid(file, error);
  }
  if (!header)
    throw new FarsimError(
      'RECORDING_INVALID',
      `${file} is an MCAP file, but not a round that farsim recorded`,
    );
  return { file, bytes: size, header, ...(summary && { summary }) };
}

function parseJson<Value>(file: string, { name, data }: McapTypes.Attachment): Value {
  try {
    return JSON.parse(Buffer.from(data).toString()) as Value;
  } catch (error) {
    throw invalid(file, new Error(`${name} is not JSON`, { cause: error }));
  }
}

async function openFile(file: string): Promise<FileHandle> {
  try {
    return await open(file, 'r');
  } catch (error) {
    throw new FarsimError('FILE_NOT_FOUND', `${file} cannot be read: ${(error as Error).message}`, {
      cause: error,
    });
  }
}

function invalid(file: string, cause: unknown): FarsimError {
  if (isFarsimError(cause)) return cause;
  return new FarsimError('RECORDING_INVALID', `${file}: ${(cause as Error).message}`, {
    suggestions: ['`farsim data recover` keeps what can be read, and the file as it was'],
    cause,
  });
}
