import { FarsimError, messageEnums, messageFields, type MessageField } from '@farsim/core';

const maxDepth = 32;
const wireType = { varint: 0, fixed64: 1, lengthDelimited: 2 } as const;
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

interface KnownField extends MessageField {
  readonly wire: number;
  readonly message: boolean;
  readonly enumValues?: ReadonlySet<number>;
}

const fieldsByNumber = new Map(
  Object.entries(messageFields).map(([message, fields]) => [
    message,
    new Map(fields.map((field) => [field.id, known(field)])),
  ]),
);

function known(field: MessageField): KnownField {
  const message = field.type in messageFields;
  const enumValues = messageEnums[field.type];
  const packed = field.rule === 'repeated' && (field.type === 'uint32' || enumValues !== undefined);
  const delimited = message || packed || field.type === 'string' || field.type === 'bytes';
  return {
    ...field,
    message,
    wire: delimited ? wireType.lengthDelimited : field.type === 'double' ? wireType.fixed64 : wireType.varint,
    ...(enumValues && { enumValues: new Set(Object.values(enumValues)) }),
  };
}

/**
 * Refuses every Header that the shared table of fields does not describe exactly (docs/protocol.md, "Strict walk"), before
 * anything is decoded or allocated. Throws DECODE_FAILED with the message, the field and the offset.
 */
export function walkHeader(bytes: Uint8Array): void {
  new Walk(bytes).message('Header', 0, bytes.length, 1);
}

class Walk {
  readonly #bytes: Uint8Array;
  #offset = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  message(type: string, start: number, end: number, depth: number): void {
    if (depth > maxDepth) this.#refuse(type, `nesting is deeper than ${maxDepth}`);
    const fields = fieldsByNumber.get(type)!;
    let seen = 0;
    let kinds = 0;
    this.#offset = start;
    while (this.#offset < end) {
      const tag = this.#varint(type, end);
      const field = fields.get(tag >>> 3);
      if (!field) this.#refuse(type, `field number ${tag >>> 3} is unknown`);
      if ((tag & 7) !== field.wire)
        this.#refuse(type, `'${field.name}' has wire type ${tag & 7}, expected ${field.wire}`);
      if (field.rule === 'oneof') {
        if (++kinds > 1) this.#refuse(type, 'has more than one kind');
      } else if (field.rule !== 'repeated') {
        const bit = 1 << field.id;
        if (seen & bit) this.#refuse(type, `'${field.name}' stands twice`);
        seen |= bit;
      }
      this.#value(type, field, end, depth);
    }
    if (type === 'Header' && kinds !== 1) this.#refuse(type, 'has no kind');
  }

  #value(type: string, field: KnownField, end: number, depth: number): void {
    if (field.wire === wireType.fixed64) {
      this.#skip(type, field, 8, end);
    } else if (field.wire === wireType.varint) {
      this.#number(type, field, end);
    } else {
      const length = this.#varint(type, end);
      const start = this.#offset;
      this.#skip(type, field, length, end);
      if (field.message) {
        this.message(field.type, start, start + length, depth + 1);
      } else if (field.type === 'string') {
        this.#text(type, field, start, start + length);
      } else if (field.type !== 'bytes') {
        this.#offset = start;
        while (this.#offset < start + length) this.#number(type, field, start + length);
      }
      this.#offset = start + length;
    }
  }

  #number(type: string, field: KnownField, end: number): void {
    const value = this.#varint(type, end);
    if (field.type === 'bool' && value > 1) this.#refuse(type, `'${field.name}' is ${value}, not a bool`);
    if (field.enumValues && !field.enumValues.has(value))
      this.#refuse(type, `'${field.name}' has no value ${value}`);
  }

  #text(type: string, field: KnownField, start: number, end: number): void {
    for (let i = start; i < end; i++) {
      if (this.#bytes[i]! < 0x80) continue;
      try {
        utf8.decode(this.#bytes.subarray(start, end));
        return;
      } catch {
        this.#refuse(type, `'${field.name}' is not UTF-8`);
      }
    }
  }

  #skip(type: string, field: KnownField, length: number, end: number): void {
    if (length > end - this.#offset) {
      this.#refuse(type, `'${field.name}' claims ${length} bytes, ${end - this.#offset} are left`);
    }
    this.#offset += length;
  }

  #varint(type: string, end: number): number {
    let value = 0;
    for (let shift = 0; shift < 35; shift += 7) {
      if (this.#offset >= end) this.#refuse(type, 'ends within a number');
      const byte = this.#bytes[this.#offset++]!;
      if (shift === 28 && byte > 0x0f) this.#refuse(type, 'holds a number over 32 bits');
      value |= (byte & 0x7f) << shift;
      if (byte < 0x80) return value >>> 0;
    }
    return this.#refuse(type, 'holds a number over 32 bits');
  }

  #refuse(type: string, fault: string): never {
    throw new FarsimError(
      'DECODE_FAILED',
      `header: ${type} ${fault} (at byte ${this.#offset} of ${this.#bytes.length})`,
    );
  }
}
