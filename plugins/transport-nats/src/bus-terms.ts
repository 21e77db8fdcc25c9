import { FarsimError } from '@farsim/core';

/** What one side of a connection takes, told in OPEN and ACCEPT. */
export interface BusTerms {
  /** Bytes of DATA messages, heads included, that may be on their way or waiting to be taken. */
  readonly window: number;
  /** Bytes of one whole message. */
  readonly largestMessage: number;
}

const windowBytes = 4 << 20;
/** Beyond what a socket gives at once the client joins pieces: 900 KiB took 5 ms there and back in messages of 512 KiB, 2.5 ms in these. */
const preferredMessageBytes = 60 << 10;
const smallestMessageBytes = 4 << 10;
const termsBytes = 8;

/** This side's terms on a server that takes `maxPayload` bytes a message. Throws UNSUPPORTED when that is too little. */
export function termsOf(maxPayload: number, server: string): BusTerms {
  if (maxPayload < smallestMessageBytes) {
    throw new FarsimError(
      'UNSUPPORTED',
      `the NATS server ${server} takes messages of at most ${maxPayload} bytes; farsim needs ${smallestMessageBytes}`,
      { suggestions: ['raise max_payload in its configuration; 1MB is its default'] },
    );
  }
  return { window: windowBytes, largestMessage: Math.min(maxPayload, preferredMessageBytes) };
}

export function encodeTerms({ window, largestMessage }: BusTerms): Uint8Array {
  const bytes = Buffer.alloc(termsBytes);
  bytes.writeUInt32LE(window, 0);
  bytes.writeUInt32LE(largestMessage, 4);
  return bytes;
}

/** Throws DECODE_FAILED for terms on which no data could pass. */
export function decodeTerms(body: Uint8Array): BusTerms {
  const view = new DataView(body.buffer, body.byteOffset, body.length);
  const [window, largestMessage] =
    body.length === termsBytes ? [view.getUint32(0, true), view.getUint32(4, true)] : [0, 0];
  if (largestMessage >= smallestMessageBytes && window >= largestMessage) return { window, largestMessage };
  throw new FarsimError(
    'DECODE_FAILED',
    `the other side's terms (window ${window}, messages of ${largestMessage} bytes) let nothing pass`,
  );
}
