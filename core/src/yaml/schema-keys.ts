import type { ZodType } from 'zod';

/** The parts of a zod 4 schema's definition that lead to the schemas inside it. */
interface SchemaDefinition {
  readonly type: string;
  readonly shape?: Readonly<Record<string, ZodType>>;
  readonly innerType?: ZodType;
  readonly in?: ZodType;
  readonly element?: ZodType;
  readonly valueType?: ZodType;
  readonly options?: readonly ZodType[];
}

/** Schemas that hold at `path` inside `schema`, one for each option of a union that has it; empty where anything or nothing goes. */
export function schemasAt(schema: ZodType, path: readonly PropertyKey[]): ZodType[] {
  const [step, ...rest] = path;
  if (step === undefined) return [schema];
  const { shape, innerType, in: input, element, valueType, options } = definitionOf(schema);
  const around = innerType ?? input;
  if (around) return schemasAt(around, path);
  if (options) return options.flatMap((option) => schemasAt(option, path));
  const child = shape ? shape[String(step)] : (element ?? valueType);
  return child ? schemasAt(child, rest) : [];
}

/** Names that an object schema reads at `path` inside `schema`; empty where anything or nothing goes. */
export function schemaKeys(schema: ZodType, path: readonly PropertyKey[]): string[] {
  return schemasAt(schema, path).flatMap(keysOf);
}

function keysOf(schema: ZodType): string[] {
  const { shape, innerType, in: input, options } = definitionOf(schema);
  const around = innerType ?? input;
  if (around) return keysOf(around);
  return options ? options.flatMap(keysOf) : Object.keys(shape ?? {});
}

function definitionOf(schema: ZodType): SchemaDefinition {
  return schema.def as unknown as SchemaDefinition;
}
