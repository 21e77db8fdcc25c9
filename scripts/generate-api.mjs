// Makes docs/api.md from the docstrings in the built declarations of core and the plugins' doors; --check compares only.
import { globSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const page = path.join(root, 'docs/api.md');
const rooms = [
  ...['ports', 'model', 'mapping', 'session', 'remote', 'simulators', 'rollout', 'probes', 'runtime'],
  ...['pictures', 'yaml', 'testing'],
];
const declaration =
  /\/\*\*((?:(?!\*\/)[\s\S])*)\*\/\n(export (?:declare )?(?:async )?(function|class|interface|type|const) (\w+)[^\n]*)/g;

/** Exports with a docstring in one declaration file, as [name, kind, first line, docstring]. */
function documented(file) {
  return [...readFileSync(file, 'utf8').matchAll(declaration)].map(([, comment, line, kind, name]) => ({
    name,
    kind,
    signature: kind === 'function' ? line.replace(/^export (declare )?/, '').replace(/;$/, '') : undefined,
    text: comment
      .split('\n')
      .map((part) => part.replace(/^\s*\* ?/, '').trim())
      .join(' ')
      .replaceAll(/\{@link (\w+)\}/g, '`$1`')
      .replaceAll(/\s+/g, ' ')
      .trim(),
  }));
}

/** What the doors export, by the file that it stands in: a set of names, or all. */
const exported = new Map(
  ['core/dist/index.d.ts', 'core/dist/testing/index.d.ts'].flatMap((door) =>
    [
      ...readFileSync(path.join(root, door), 'utf8').matchAll(
        /export (?:type )?(?:\*|\{([^}]*)\}) from '(.+)\.(?:ts|js)'/g,
      ),
    ].map(([, names, target]) => [
      path.join(path.dirname(path.join(root, door)), target),
      names && new Set(names.split(',').map((name) => name.replace('type ', '').trim())),
    ]),
  ),
);

const sections = rooms.map((room) => {
  const files = globSync(`core/dist/${room}/**/*.d.ts`, { cwd: root })
    .map((file) => path.join(root, file))
    .filter((file) => exported.has(file.replace(/\.d\.ts$/, '')))
    .toSorted();
  const entries = files.flatMap((file) => {
    const names = exported.get(file.replace(/\.d\.ts$/, ''));
    return documented(file).filter(({ name }) => !names || names.has(name));
  });
  if (entries.length === 0) return '';
  const rows = entries.map(
    ({ name, kind, signature, text }) => `**\`${signature ?? `${kind} ${name}`}\`** — ${text}\n`,
  );
  return `## ${room}\n\n${rows.join('\n')}`;
});

const text = `# API reference

What \`@farsim/core\` exports, room by room, from its docstrings. Made by \`node scripts/generate-api.mjs\`.

${sections.filter(Boolean).join('\n')}`;

if (process.argv.includes('--check')) {
  if (readFileSync(page, 'utf8') !== text) {
    console.error('docs/api.md is not what the docstrings say: run `node scripts/generate-api.mjs`');
    process.exit(1);
  }
} else writeFileSync(page, text);
