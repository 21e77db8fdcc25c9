import { z, type ZodType } from 'zod';

/** What a schema takes, in words that follow "is not": `a whole number, 1 or more`, `true or false`, `a list`; and what the value means, where the schema says it. */
export interface WantedValue {
  readonly form: string;
  readonly meaning?: string;
}

/** Says what a schema takes. */
export function wantedValue(schema: ZodType): WantedValue {
  const json = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }) as JsonSchema;
  return { form: formOf(json), ...(json.description !== undefined && { meaning: json.description }) };
}

/** A value as it was given, short: `'many'`, `3`, `a list`. */
export function givenValue(value: unknown): string {
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object' && value !== null) return 'a map';
  if (typeof value !== 'string') return String(value);
  return `'${value.length > longest ? `${value.slice(0, longest)}…` : value}'`;
}

const longest = 40;
const namedKeys = 6;

interface JsonSchema {
  readonly description?: string;
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly anyOf?: readonly JsonSchema[];
  readonly type?: string;
  readonly items?: JsonSchema;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly exclusiveMinimum?: number;
}

function formOf(json: JsonSchema): string {
  const forms = [...new Set(formsOf(json))];
  return forms.length === 1 ? forms[0]! : `${forms.slice(0, -1).join(', ')} or ${forms.at(-1)}`;
}

function formsOf(json: JsonSchema): string[] {
  const { const: only, enum: choices, anyOf, type, items, properties } = json;
  if (only !== undefined) return [givenValue(only)];
  if (choices) return choices.map(givenValue);
  if (anyOf) return anyOf.flatMap(formsOf);
  if (type === 'boolean') return ['true', 'false'];
  if (type === 'integer') return [`a whole number${rangeOf(json)}`];
  if (type === 'number') return [`a number${rangeOf(json)}`];
  if (type === 'array') return [items?.type === undefined ? 'a list' : `a list (each ${formOf(items)})`];
  if (type === 'object') return [mapForm(Object.keys(properties ?? {}))];
  return [type === 'string' ? 'text' : 'what is taken here'];
}

function mapForm(keys: readonly string[]): string {
  if (keys.length === 0) return 'a map';
  const more = keys.length > namedKeys ? ', …' : '';
  return `a map { ${keys
    .slice(0, namedKeys)
    .map((key) => `${key}: …`)
    .join(', ')}${more} }`;
}

/** Limits that somebody chose; those of whole numbers that JavaScript can hold are none. */
function rangeOf({ minimum, maximum, exclusiveMinimum }: JsonSchema): string {
  const [above, low, high] = [exclusiveMinimum, minimum, maximum].map((limit) =>
    limit !== undefined && Math.abs(limit) < Number.MAX_SAFE_INTEGER ? limit : undefined,
  );
  if (above !== undefined) return ` above ${above}`;
  if (low !== undefined && high !== undefined) return ` from ${low} to ${high}`;
  if (low !== undefined) return `, ${low} or more`;
  return high === undefined ? '' : `, ${high} at most`;
}
