import type { McapTypes } from '@mcap/core';
import { summaryName, type RoundFile, type RowGap, type StoredSummary } from './round-file.ts';
import { roundRecords } from './round-records.ts';
import type { FileLoss } from './whole-records.ts';

/** What {@link copyRound} found. */
export interface CopiedRound {
  readonly loss: FileLoss;
  readonly missing: readonly RowGap[];
  /** A round may have died after its summary. */
  readonly summary: StoredSummary | undefined;
}

/** Copies the rows that are whole, and all else but the summary. */
export async function copyRound(source: string, target: RoundFile): Promise<CopiedRound> {
  const schemas = new Map<number, McapTypes.Schema>();
  const topics = new Map<number, string>();
  const missing: RowGap[] = [];
  let row: McapTypes.Message[] = [];
  let nextRow = 0;
  let summary: StoredSummary | undefined;
  const endRow = (): void => {
    if (row.some(({ channelId }) => topics.get(channelId) === '/outcome')) {
      const { sequence } = row[0]!;
      if (sequence > nextRow) missing.push([nextRow, sequence - 1]);
      nextRow = sequence + 1;
      for (const message of row) target.addMessage(message);
      target.endRow();
    }
    row = [];
  };
  const records = roundRecords(source, false);
  for (;;) {
    const { done, value } = await records.next();
    if (done) {
      endRow();
      return { loss: value, missing, summary };
    }
    switch (value.type) {
      case 'Metadata':
        target.addMetadata(value);
        break;
      case 'Attachment':
        if (value.name === summaryName)
          summary = JSON.parse(Buffer.from(value.data).toString()) as StoredSummary;
        else target.addAttachment(value.name, value.mediaType, value.data);
        break;
      case 'Schema':
        schemas.set(value.id, value);
        break;
      case 'Channel':
        if (!topics.has(value.id)) target.addChannel(value, schemas.get(value.schemaId)!);
        topics.set(value.id, value.topic);
        break;
      case 'Message':
        if (row.length > 0 && value.sequence !== row[0]!.sequence) endRow();
        // a row may span chunks, and the reader uses its memory again
        row.push({ ...value, data: value.data.slice() });
    }
  }
}
