import { FarsimError, messageEnums, messageFields, type MessageField } from '@farsim/core';

const maxDepth = 32;
const maxUint32 = 0xffffffff;
const base64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

type Plain = Record<string, unknown>;

/** Turns a message into its JSON form: fields in the table's order, defaults left out, bytes as base64. */
export function writeMessage(type: string, message: object): Plain {
  const json: Plain = {};
  for (const field of messageFields[type]!) {
    const value = (message as Plain)[field.name];
    if (value === undefined || value === null) continue;
    if (field.rule === 'repeated') {
      const items = value as readonly unknown[];
      if (items.length > 0) json[field.name] = items.map((item) => writeValue(field, item));
    } else {
      const written = writeValue(field, value);
      if (field.rule === 'optional' || (written !== 0 && written !== false && written !== ''))
        json[field.name] = written;
    }
  }
  return json;
}

function writeValue(field: MessageField, value: unknown): unknown {
  if (field.type in messageFields) return writeMessage(field.type, value as object);
  if (field.type === 'bytes') return Buffer.from(value as Uint8Array).toString('base64');
  if (field.type === 'double' && !Number.isFinite(value)) {
    throw new FarsimError(
      'BAD_ARGUMENT',
      `header: '${field.name}' is ${String(value)}, which JSON cannot hold`,
    );
  }
  return value;
}

/** Checks parsed JSON against the table and fills in defaults. Throws DECODE_FAILED. */
export function readMessage(type: string, json: unknown, depth: number): Plain {
  if (depth > maxDepth) refuse(type, `nesting is deeper than ${maxDepth}`);
  if (typeof json !== 'object' || json === null || Array.isArray(json)) refuse(type, 'is not an object');
  const fields = messageFields[type]!;
  const message: Plain = {};
  for (const key of Object.keys(json)) {
    if (!fields.some((field) => field.name === key)) refuse(type, `has no field '${key}'`);
  }
  for (const field of fields) {
    const value = Object.hasOwn(json, field.name) ? (json as Plain)[field.name] : undefined;
    if (value === undefined) message[field.name] = defaultOf(field);
    else if (field.rule !== 'repeated') message[field.name] = readValue(type, field, value, depth);
    else if (!Array.isArray(value)) refuse(type, `'${field.name}' is not a list`);
    else message[field.name] = value.map((item) => readValue(type, field, item, depth));
  }
  return message;
}

function readValue(type: string, field: MessageField, value: unknown, depth: number): unknown {
  if (field.type in messageFields) return readMessage(field.type, value, depth + 1);
  const enumValues = messageEnums[field.type];
  const right =
    enumValues !== undefined
      ? Object.values(enumValues).includes(value as number)
      : field.type === 'uint32'
        ? Number.isInteger(value) && (value as number) >= 0 && (value as number) <= maxUint32
        : field.type === 'double'
          ? Number.isFinite(value)
          : field.type === 'bool'
            ? typeof value === 'boolean'
            : field.type === 'string'
              ? typeof value === 'string' && value.isWellFormed()
              : typeof value === 'string' && base64.test(value);
  if (!right) refuse(type, `'${field.name}' is not a ${field.type}`);
  return field.type === 'bytes' ? new Uint8Array(Buffer.from(value as string, 'base64')) : value;
}

function defaultOf(field: MessageField): unknown {
  if (field.rule === 'repeated') return [];
  if (field.rule === 'optional' || field.type in messageFields) return undefined;
  if (field.type === 'string') return '';
  if (field.type === 'bytes') return new Uint8Array(0);
  return field.type === 'bool' ? false : 0;
}

function refuse(type: string, fault: string): never {
  throw new FarsimError('DECODE_FAILED', `header: ${type} ${fault}`);
}
