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

/** Names that an object schema reads at `path` inside `schema`; empty where anything or nothing goes. */
export function schemaKeys(schema: ZodType, path: readonly PropertyKey[]): string[] {
  const {
    type,
    shape,
    innerType,
    in: input,
    element,
    valueType,
    options,
  } = schema.def as unknown as SchemaDefinition;
  const inner = innerType ?? input;
  if (inner) return schemaKeys(inner, path);
  if (type === 'union') return (options ?? []).flatMap((option) => schemaKeys(option, path));
  if (type === 'object') {
    if (path.length === 0) return Object.keys(shape ?? {});
    const child = shape?.[String(path[0])];
    return child ? schemaKeys(child, path.slice(1)) : [];
  }
  const child = element ?? valueType;
  return child && path.length > 0 ? schemaKeys(child, path.slice(1)) : [];
}
