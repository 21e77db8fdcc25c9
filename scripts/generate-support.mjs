// Makes docs/support.md and the table of plugins in README.md from the plugins' manifests; --check compares only.
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';

const root = path.dirname(import.meta.dirname);
const { plugins } = JSON.parse(
  execFileSync(process.execPath, [path.join(root, 'cli/bin/farsim.js'), 'plugins', '--json'], {
    cwd: root,
    encoding: 'utf8',
  }),
);
const kinds = ['simulator', 'transport', 'codec', 'recorder', 'controller'];
// a user's own plugins may be linked on this machine
const ours = plugins.filter(({ from }) => from === 'farsim' || from.startsWith('@farsim/'));
const sorted = kinds.flatMap((kind) => ours.filter((plugin) => plugin.kind === kind));

function table(heading, rowsOf) {
  const columns = heading.split('|').length - 2;
  return [heading, `| ${Array(columns).fill('---').join(' | ')} |`, ...sorted.flatMap(rowsOf)].join('\n');
}

const page = `# What was tried, and how far

Made by \`node scripts/generate-support.mjs\` from the plugins' manifests; \`farsim plugins\` prints the same. The levels:

- **physics in CI**: with the real engine. **in CI**: the same where there is no physics to it: a real sshd, a real nats-server, the real bridge.
- **contract fake**: against a double that was written from the engine's sources (what is said beside it) and enforces them: it refuses calls from another thread and imports before the start, resets what ended within the step, ends the process inside
  \`close()\` or hangs there, and its robots move by MuJoCo's physics in the order of joints, with the quaternions, velocities and link frames of the real one. \`python/tests/fakes\` has them; they are never shipped.
- **untested**: nobody has run it, as far as farsim's tests know.

What a machine of yours really does, \`farsim doctor CONFIG\` finds out in a minute.

${table('| plugin | what | how far it was tried | how |', ({ kind, name, summary, support }) =>
  support.map(
    ({ of, level, by = '' }, i) =>
      `| ${i === 0 ? `${kind} \`${name}\`` : ''} | ${of || summary} | ${level} | ${by} |`,
  ),
)}

The far side runs on Linux. The near side runs on Linux; macOS and Windows (through WSL) are untested.
`;
const short = table('| kind | name | what | how far it was tried |', ({ kind, name, summary, support }) =>
  support.map(({ of, level }, i) =>
    i === 0 ? `| ${kind} | \`${name}\` | ${of || summary} | ${level} |` : `| | | ${of} | ${level} |`,
  ),
);

const readme = readFileSync(path.join(root, 'README.md'), 'utf8');
const marked = /(<!-- made by scripts\/generate-support.mjs -->\n)[^]*?(<!-- end -->)/;
if (!marked.test(readme)) throw new Error('README.md has no place for the table of plugins');
const made = {
  'docs/support.md': page,
  'README.md': readme.replace(marked, (_, begin, end) => `${begin}\n${short}\n\n${end}`),
};

for (const [file, text] of Object.entries(made)) {
  const target = path.join(root, file);
  if (!process.argv.includes('--check')) writeFileSync(target, text);
  else if (text !== readFileSync(target, 'utf8')) {
    console.error(`${file} is not what the plugins say: run \`node scripts/generate-support.mjs\``);
    process.exitCode = 1;
  }
}
