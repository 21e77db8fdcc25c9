import { z } from 'zod';
import type { AnyPlugin, PortKind } from '../../ports/plugin.ts';
import { fileSchema, runSchema, sectionsKey } from './config-schema.ts';

type JsonSchema = Record<string, unknown>;

/** JSON Schema (2020-12) of a config file for editors: each section's keys are those of the plugin that its `use` names. */
export function configJsonSchema(plugins: readonly AnyPlugin[]): JsonSchema {
  const file = jsonSchema(fileSchema) as { properties: Record<string, JsonSchema> };
  const properties = { ...file.properties };
  for (const [kind, key] of Object.entries(sectionsKey) as [PortKind, string][]) {
    const ofKind = plugins.filter((plugin) => plugin.kind === kind);
    properties[key] = {
      type: 'object',
      additionalProperties: { anyOf: [...ofKind.map(sectionSchema), anyOther(ofKind)] },
    };
  }
  const run = jsonSchema(runSchema) as { properties: Record<string, JsonSchema> };
  const controllers = plugins.filter(({ kind }) => kind === 'controller');
  const controller = {
    anyOf: [{ type: 'string' }, ...controllers.map(sectionSchema), anyOther(controllers)],
  };
  properties.run = { ...run, properties: { ...run.properties, controller } };
  return {
    ...file,
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: 'farsim config',
    properties,
  };
}

function sectionSchema(plugin: AnyPlugin): JsonSchema {
  const own = jsonSchema(plugin.config) as { properties?: Record<string, JsonSchema>; required?: string[] };
  const needs = Object.entries(plugin.needs ?? {}).map(([need, kind]) => [
    need,
    { type: 'string', description: `Which ${kind}; may be left out when only one fits.` },
  ]);
  return {
    type: 'object',
    description: plugin.summary,
    properties: { use: { const: plugin.name }, ...Object.fromEntries(needs), ...own.properties },
    required: [
      'use',
      ...(own.required ?? []).filter((key) => !(plugin.kind === 'recorder' && key === 'folder')),
    ],
    additionalProperties: false,
  };
}

/** A plugin that was not known when the schema was made. */
function anyOther(known: readonly AnyPlugin[]): JsonSchema {
  return {
    type: 'object',
    properties: { use: { type: 'string', not: { enum: known.map(({ name }) => name) } } },
    required: ['use'],
  };
}

function jsonSchema(schema: z.ZodType): JsonSchema {
  return z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }) as JsonSchema;
}
