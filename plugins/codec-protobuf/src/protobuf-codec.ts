import { messageFields, type Codec, type Header, type HeaderKind, type HeaderToSend } from '@farsim/core';
import { farsim } from '../generated/farsim.js';
import { walkHeader } from './strict-walk.ts';

const { Header: WireHeader } = farsim.v1;

/** Headers as protobuf messages of `farsim.proto`: defaults left out, fields in order of their numbers. */
export const protobufCodec: Codec = {
  name: 'protobuf',
  id: 1,
  encode(header: HeaderToSend): Uint8Array {
    return WireHeader.encode({
      [header.kind]: withoutDefaults(kindTypes.get(header.kind)!, header.body),
    }).finish();
  },
  decode(bytes: Uint8Array): Header {
    walkHeader(bytes);
    const message = WireHeader.decode(bytes) as unknown as Record<string, unknown> & { kind: HeaderKind };
    const { kind } = message;
    return { kind, body: message[kind] } as Header;
  },
};

const kindTypes = new Map(messageFields.Header!.map((field) => [field.name, field.type]));
const messageTypes = new Set(Object.keys(messageFields));

/** The generated encoder writes whatever is present, zeros too; canonical bytes leave them out. */
function withoutDefaults(type: string, message: object): Record<string, unknown> {
  const pruned: Record<string, unknown> = {};
  for (const field of messageFields[type]!) {
    const value = (message as Record<string, unknown>)[field.name];
    if (value === undefined || value === null) continue;
    if (field.rule === 'repeated') {
      const items = value as readonly unknown[];
      if (items.length === 0) continue;
      pruned[field.name] = messageTypes.has(field.type)
        ? items.map((item) => withoutDefaults(field.type, item as object))
        : items;
    } else if (messageTypes.has(field.type)) {
      pruned[field.name] = withoutDefaults(field.type, value as object);
    } else if (field.rule === 'optional' || !isDefault(value)) {
      pruned[field.name] = value;
    }
  }
  return pruned;
}

function isDefault(value: unknown): boolean {
  return (
    value === 0 || value === false || value === '' || (value instanceof Uint8Array && value.length === 0)
  );
}
