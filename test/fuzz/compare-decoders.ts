import { messageFields, toFarsimError, type Codec } from '@farsim/core';
import { compareVerdicts, u32, type Verdicts } from './compare-verdicts.ts';
import { createRandom, makeCase } from './header-cases.ts';

/** Lets both languages decode so many headers, whole and damaged, and asserts that their verdicts and values are equal. */
export async function compareDecoders(codec: Codec, count: number, seed: number): Promise<Verdicts> {
  const random = createRandom(seed);
  return compareVerdicts(
    {
      make: () => makeCase(random, codec),
      near: (bytes) => decodeNear(codec, bytes),
      program: ['decode_headers.py', codec.name],
      bytes: (bytes) => [u32(bytes.length), bytes],
      isAccepted: (verdict) => verdict !== '"DECODE_FAILED"',
      show: (bytes) => show(codec, bytes),
    },
    count,
  );
}

function decodeNear(codec: Codec, bytes: Uint8Array): string {
  try {
    const { kind, body } = codec.decode(bytes);
    return JSON.stringify(plainMessage('Header', { [kind]: body }));
  } catch (error) {
    return JSON.stringify(toFarsimError(error).code);
  }
}

/** A spelling that both languages share: sorted keys, bytes as hex, numbers as the hex of their doubles. */
function plainMessage(type: string, message: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const fields = messageFields[type]!.toSorted((a, b) => (a.name < b.name ? -1 : 1));
  const known = fields.filter(({ name }) => message[name] !== undefined && message[name] !== null);
  return Object.fromEntries(known.map((field) => [field.name, plain(field.type, message[field.name])]));
}

function plain(type: string, value: unknown): unknown {
  if (Array.isArray(value)) return value.map((item) => plain(type, item));
  if (type in messageFields) return plainMessage(type, value as Record<string, unknown>);
  if (type === 'bytes') return { bytes: Buffer.from(value as Uint8Array).toString('hex') };
  if (typeof value !== 'number') return value;
  const bytes = Buffer.alloc(8);
  bytes.writeDoubleBE(value + 0);
  return { number: bytes.toString('hex') };
}

function show(codec: Codec, bytes: Uint8Array): string {
  return codec.name === 'json' ? Buffer.from(bytes).toString('latin1') : Buffer.from(bytes).toString('hex');
}
