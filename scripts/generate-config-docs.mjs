// Makes the tables of docs/config-keys.md from the plugins' schemas; --check compares only.
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';

const root = path.dirname(import.meta.dirname);
const page = path.join(root, 'docs/config-keys.md');
const schema = JSON.parse(
  execFileSync(process.execPath, [path.join(root, 'cli/bin/farsim.js'), 'config', 'schema'], {
    encoding: 'utf8',
  }),
);

function typeOf(schema) {
  const { const: only, enum: choices, type, anyOf, items } = schema;
  if (only !== undefined) return `\`${only}\``;
  if (choices) return choices.map((choice) => `\`${choice}\``).join(', ');
  if (anyOf) return [...new Set(anyOf.map(typeOf))].join(' or ');
  if (type === 'array') return `list of ${items ? typeOf(items) : 'anything'}`;
  const word = { object: 'map', integer: 'whole number', boolean: 'true, false' }[type] ?? type ?? 'anything';
  return `${word}${rangeOf(schema)}`;
}

/** Limits that somebody chose; those of whole numbers that JavaScript can hold are none. */
function rangeOf({ minimum, maximum, exclusiveMinimum }) {
  const chosen = (limit) => limit !== undefined && Math.abs(limit) < Number.MAX_SAFE_INTEGER;
  if (chosen(exclusiveMinimum)) return `, above ${exclusiveMinimum}`;
  if (chosen(minimum) && chosen(maximum)) return `, ${minimum} to ${maximum}`;
  if (chosen(minimum)) return `, ${minimum} or more`;
  return chosen(maximum) ? `, ${maximum} at most` : '';
}

function table(properties, required = []) {
  const rows = Object.entries(properties).map(([key, value]) => {
    const fallback = required.includes(key)
      ? 'required'
      : value.default === undefined
        ? ''
        : `\`${JSON.stringify(value.default)}\``;
    return `| \`${key}\` | ${typeOf(value)} | ${fallback} | ${value.description ?? ''} |`;
  });
  return ['| key | value | default | meaning |', '| --- | --- | --- | --- |', ...rows].join('\n');
}

const sections = ['simulators', 'transports', 'codecs', 'recorders', 'controllers'].map((key) => {
  const plugins = schema.properties[key].additionalProperties.anyOf.filter(
    ({ properties }) => properties?.use?.const,
  );
  const parts = plugins.map(({ description, properties: { use, ...own }, required = [] }) => {
    const keys = Object.keys(own).length > 0 ? `\n\n${table(own, required)}` : '';
    return `### \`use: ${use.const}\`\n\n${description}${keys}`;
  });
  return `## ${key}\n\n${parts.join('\n\n')}`;
});
const hosts = schema.properties.hosts.additionalProperties.properties;

const text = `# Config keys

Every key of a config file, from the schemas that check it. Made by \`node scripts/generate-config-docs.mjs\`; how a file is put together is in [config.md](config.md).

## run

${table(schema.properties.run.properties)}

## hosts

${table(hosts)}

${sections.join('\n\n')}
`;

if (process.argv.includes('--check')) {
  if (readFileSync(page, 'utf8') !== text) {
    console.error(
      'docs/config-keys.md is not what the schemas say: run `node scripts/generate-config-docs.mjs`',
    );
    process.exit(1);
  }
} else writeFileSync(page, text);
