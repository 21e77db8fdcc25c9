// Everything that must hold before a commit, without running tests: builds, types, lint, format, imports.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { importFaults } from './check-imports.mjs';
import { devPython } from './dev-python.mjs';

const root = path.dirname(import.meta.dirname);
const bin = (name) => path.join(root, 'node_modules/.bin', name);
const node = existsSync(bin('node')) ? bin('node') : process.execPath;
const shownLines = 60;
const python = devPython({ make: false });

const pages = ['errors', 'api', 'config-docs', 'support'].map((page) => [
  `page of ${page}`,
  node,
  [path.join(root, `scripts/generate-${page}.mjs`), '--check'],
]);

const checks = [
  ['build', node, [bin('tsc'), '-b']],
  ['types of tests', node, [bin('tsc'), '-p', 'tsconfig.tests.json']],
  ['lint', node, [bin('oxlint'), '--type-aware', '--deny-warnings', '--ignore-pattern', '**/generated/**']],
  ['format', node, [bin('prettier'), '--check', '--log-level', 'warn', '.']],
  ...pages,
  ...(python
    ? [
        [
          'python lint',
          python,
          ['-m', 'ruff', 'check', '--quiet', 'python', 'plugins', 'test', 'bench', 'examples'],
        ],
      ]
    : []),
];

let failed = 0;
for (const [name, command, words] of checks) await report(name, () => run(command, words));
await report('imports', async () => (await importFaults(root)).join('\n'));
process.exitCode = failed === 0 ? 0 : 1;

/** Prints one line for each check, and what it said when it failed. */
async function report(name, check) {
  const began = performance.now();
  const output = await check();
  const seconds = ((performance.now() - began) / 1000).toFixed(1);
  if (output !== '') failed++;
  const lines = output.trimEnd().split('\n');
  const shown =
    lines.length > shownLines
      ? [...lines.slice(0, shownLines), `… ${lines.length - shownLines} more lines`]
      : lines;
  console.log(`${output === '' ? 'ok    ' : 'FAILED'} ${name} (${seconds} s)`);
  if (output !== '') console.log(shown.join('\n'));
}

/** What the command said when it failed, '' when it did not. */
function run(command, words) {
  return new Promise((resolve) => {
    const child = spawn(command, words, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    child.stdout.on('data', (chunk) => (output += chunk));
    child.stderr.on('data', (chunk) => (output += chunk));
    child.on('error', (error) => resolve(error.message));
    child.on('close', (code) => resolve(code === 0 ? '' : output || `exit status ${code}`));
  });
}
