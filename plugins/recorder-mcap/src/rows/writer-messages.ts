import type { FarsimErrorDetails, ErrorCode } from '@farsim/core';
import type { ImageLayout } from './image-messages.ts';
import type { StoredSummary } from '../file/round-file.ts';
import type { MessageLayout } from './message-layout.ts';

/** A channel of a round's file, named to the writer before the first message on it. Ids count from 1. */
export type ChannelDefinition = { readonly id: number; readonly topic: string; readonly nth: number } & (
  { readonly fields: MessageLayout['fields'] } | { readonly image: ImageLayout }
);

/**
 * What the recorder tells its writer, in order. A batch's bytes are rows, one after another:
 * `u32 bytes of the row | u32 row | u64 log time | u64 publish time`, then for each message `u32 channel | u32 length | bytes`.
 */
export type WriterCommand =
  | {
      readonly kind: 'begin';
      readonly id: number;
      readonly file: string;
      readonly header: string;
      readonly labels: [string, string][];
    }
  | {
      readonly kind: 'rows';
      readonly buffer: ArrayBuffer;
      readonly used: number;
      readonly channels: readonly ChannelDefinition[];
    }
  | { readonly kind: 'durable'; readonly id: number }
  | { readonly kind: 'end'; readonly id: number; readonly summary: StoredSummary }
  | { readonly kind: 'close'; readonly id: number };

export interface WriterFailure {
  readonly code: ErrorCode;
  readonly message: string;
  readonly suggestions: readonly string[];
  readonly details: FarsimErrorDetails;
}

/** What the writer answers: a buffer given back, an order done (with the rows and bytes of the round's file), or its one failure. */
export type WriterReply =
  | { readonly kind: 'free'; readonly buffer: ArrayBuffer }
  | { readonly kind: 'done'; readonly id: number; readonly rows: number; readonly bytes: number }
  | { readonly kind: 'failed'; readonly failure: WriterFailure };

/** Bytes before a row's first message, and before each message's own bytes. */
export const rowHeadBytes = 24;
export const messageHeadBytes = 8;
