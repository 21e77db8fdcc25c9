import type { Header, HeaderToSend } from '../model/messages.ts';

/**
 * Message headers to bytes and back; framing owns lengths, padding, arrays and limits. Pure; equal values give equal
 * bytes. Decoding throws DECODE_FAILED on anything that the strict walk refuses.
 */
export interface Codec {
  readonly name: string;
  /** The id in the preamble. */
  readonly id: number;
  encode(header: HeaderToSend): Uint8Array;
  decode(bytes: Uint8Array): Header;
}
