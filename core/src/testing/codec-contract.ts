import assert from 'node:assert/strict';
import { messageEnums, messageFields, type MessageField } from '../model/message-fields.ts';
import { isFarsimError } from '../model/errors.ts';
import type { HeaderToSend } from '../model/messages.ts';
import type { Codec } from '../ports/codec.ts';
import type { ContractRule } from './contract.ts';

/** The rules of a codec, checked on headers made from the shared table of fields with every field set, none set, and at the edges. */
export function codecContract(codec: Codec): ContractRule[] {
  const kinds = messageFields.Header!.map(({ name, type }) => ({ kind: name, type }));
  return [
    {
      fact: 'what is encoded is decoded as it was, for every kind of header',
      check: async () => {
        for (const { kind, type } of kinds) {
          for (const size of [0, 1, 3]) {
            const header = { kind, body: sampleMessage(type, size, 0) } as unknown as HeaderToSend;
            assertSame(codec.decode(codec.encode(header)), header, kind);
          }
        }
      },
    },
    {
      fact: 'what is left out reads as zero, empty or false',
      check: async () => {
        const { body } = codec.decode(codec.encode({ kind: 'request', body: {} })) as unknown as {
          body: Record<string, unknown>;
        };
        assert.equal(body.seq, 0);
        assert.equal(body.options, '');
        assert.deepEqual(Array.from(body.blocks as unknown[]), []);
        assert.equal(
          body.deadline ?? undefined,
          undefined,
          'an optional field that was left out must read as absent',
        );
      },
    },
    {
      fact: 'an optional zero is not the same as nothing',
      check: async () => {
        const header = codec.decode(codec.encode({ kind: 'request', body: { deadline: 0 } }));
        assert.equal((header.body as { deadline?: number }).deadline, 0);
      },
    },
    {
      fact: 'equal headers give equal bytes, defaults written out or not',
      check: async () => {
        const short = codec.encode({ kind: 'reply', body: { seq: 5 } });
        const long = codec.encode({
          kind: 'reply',
          body: { value: '', replayed: false, blocks: [], received: 0, seq: 5 },
        });
        assert.deepEqual(Buffer.from(long), Buffer.from(short));
      },
    },
    {
      fact: 'every cut of a header is either refused with DECODE_FAILED or is itself a header',
      check: async () => {
        const bytes = codec.encode({ kind: 'hello', body: sampleMessage('Hello', 2, 0) as never });
        for (let length = 0; length < bytes.length; length++) {
          try {
            codec.decode(bytes.slice(0, length));
          } catch (error) {
            assert.ok(
              isFarsimError(error) && error.code === 'DECODE_FAILED',
              `cut at ${length}: ${String(error)}`,
            );
          }
        }
      },
    },
    {
      fact: 'no changed byte makes the decoder throw anything but DECODE_FAILED',
      check: async () => {
        const bytes = codec.encode({ kind: 'reply', body: sampleMessage('Reply', 2, 0) as never });
        for (let offset = 0; offset < bytes.length; offset++) {
          for (const value of [0x00, 0x01, 0x7f, 0x80, 0xff, bytes[offset]! ^ 0x04]) {
            const changed = Uint8Array.from(bytes);
            changed[offset] = value;
            try {
              codec.decode(changed);
            } catch (error) {
              assert.ok(
                isFarsimError(error) && error.code === 'DECODE_FAILED',
                `byte ${offset} = ${value}: ${String(error)}`,
              );
            }
          }
        }
      },
    },
  ];
}

/** A message with every field set; lists have `size` items. Values differ from field to field. */
function sampleMessage(type: string, size: number, depth: number): Record<string, unknown> {
  const message: Record<string, unknown> = {};
  for (const field of messageFields[type]!) {
    if (field.rule === 'repeated') {
      if (size > 0)
        message[field.name] = Array.from({ length: size }, (_, i) => sampleValue(field, size, depth, i));
    } else if (size > 0) message[field.name] = sampleValue(field, size, depth, 0);
  }
  return message;
}

function sampleValue(field: MessageField, size: number, depth: number, item: number): unknown {
  if (field.type in messageFields) return sampleMessage(field.type, depth > 4 ? 0 : size, depth + 1);
  const enumValues = messageEnums[field.type];
  if (enumValues) return Object.values(enumValues).at(-1 - (item % 2));
  switch (field.type) {
    case 'uint32':
      return size > 2 ? 0xffffffff - item : field.id * 100 + item + 1;
    case 'double':
      return size > 2 ? Number.MAX_VALUE : -field.id / 3;
    case 'bool':
      return true;
    case 'bytes':
      return Uint8Array.from({ length: 32 }, (_, i) => (i * 37 + field.id) & 0xff);
    default:
      return `${field.name} ${item} – ünï 🤖 \u0000 "quoted"`;
  }
}

function assertSame(actual: unknown, expected: unknown, path: string): void {
  if (expected instanceof Uint8Array) {
    assert.deepEqual(Buffer.from(actual as Uint8Array), Buffer.from(expected), path);
  } else if (Array.isArray(expected)) {
    assert.equal((actual as unknown[]).length, expected.length, `${path}: number of items`);
    expected.forEach((item, i) => assertSame((actual as unknown[])[i], item, `${path}[${i}]`));
  } else if (typeof expected === 'object' && expected !== null) {
    for (const [key, value] of Object.entries(expected))
      assertSame((actual as Record<string, unknown>)[key], value, `${path}.${key}`);
  } else {
    assert.equal(actual, expected, path);
  }
}
