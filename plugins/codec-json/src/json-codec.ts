import { FarsimError, messageFields, type Codec, type Header, type HeaderToSend } from '@farsim/core';
import { refuseRepeatedKeys } from './repeated-keys.ts';
import { readMessage, writeMessage } from './table-walk.ts';

const kindTypes = new Map(messageFields.Header!.map((field) => [field.name, field.type]));
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Headers as strict JSON, `{"kind":{…}}`: for reading with the eye, and the second codec that keeps the port honest. */
export const jsonCodec: Codec = {
  name: 'json',
  id: 2,
  encode(header: HeaderToSend): Uint8Array {
    const body = writeMessage(kindTypes.get(header.kind)!, header.body);
    return new TextEncoder().encode(JSON.stringify({ [header.kind]: body }));
  },
  decode(bytes: Uint8Array): Header {
    const value = parse(bytes);
    const keys =
      typeof value === 'object' && value !== null && !Array.isArray(value) ? Object.keys(value) : [];
    const kind = keys[0];
    const type = kind === undefined ? undefined : kindTypes.get(kind);
    if (keys.length !== 1 || type === undefined) {
      throw new FarsimError('DECODE_FAILED', 'header: must be a JSON object with exactly one known kind');
    }
    return {
      kind,
      body: readMessage(type, (value as Record<string, unknown>)[kind!], 2),
    } as unknown as Header;
  },
};

function parse(bytes: Uint8Array): unknown {
  try {
    const text = utf8.decode(bytes);
    const value: unknown = JSON.parse(text);
    refuseRepeatedKeys(text);
    return value;
  } catch (error) {
    throw new FarsimError('DECODE_FAILED', `header: ${(error as Error).message}`, { cause: error });
  }
}
