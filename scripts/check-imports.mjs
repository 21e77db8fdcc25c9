// Which room may import which, which package which, that files import in no circle, and what nobody may call.
import { readFileSync } from 'node:fs';
import { glob } from 'node:fs/promises';
import path from 'node:path';
import { importCircles } from './import-circles.mjs';
import { pythonImportFaults } from './python-imports.mjs';

/** Rooms of core/src by level: a room imports only rooms of lower levels. */
const levels = {
  model: 0,
  ports: 1,
  pictures: 2,
  yaml: 2,
  session: 2,
  mapping: 3,
  simulators: 4,
  rollout: 4,
  remote: 4,
  probes: 5,
  runtime: 6,
};
/** Contract suites may use everything below the runtime. */
const testingLevel = levels.runtime;

const forbidden = [
  { files: /\.[cm]?[jt]s$/, pattern: /\bnew Function\b|(?<![.\w])eval\(/, sentence: 'code made from text' },
  {
    files: /\.py$/,
    pattern: /^\s*(import|from) pickle\b|(?<![.\w])(eval|exec)\(|torch\.load\(|yaml\.load\(/m,
    sentence: 'pickle, eval, exec or an unsafe load',
  },
];

const importPattern =
  /^(?:import|export)\b[^;'"=(]*?\bfrom '([^']+)'|^import '([^']+)'|\bimport\('([^']+)'\)/gm;

/** Every fault as `file: sentence`. */
export async function importFaults(root) {
  const faults = [];
  const imports = new Map();
  for await (const file of sourceFiles(root)) {
    const text = readFileSync(path.join(root, file), 'utf8');
    for (const { files, pattern, sentence } of forbidden) {
      if (files.test(file) && pattern.test(text)) faults.push(`${file}: ${sentence}`);
    }
    if (!/\/src\/.*\.ts$/.test(file)) continue;
    const specifiers = Array.from(
      text.matchAll(importPattern),
      ([, named, bare, late]) => named ?? bare ?? late,
    );
    const beside = specifiers.filter((specifier) => specifier.startsWith('.'));
    imports.set(
      file,
      beside.map((specifier) => importedFile(file, specifier)),
    );
    for (const specifier of specifiers) {
      const fault = file.startsWith('core/src/') ? roomFault(file, specifier) : undefined;
      const problem = fault ?? packageFault(root, file, specifier);
      if (problem) faults.push(`${file}: ${problem}`);
    }
  }
  for (const circle of importCircles(imports))
    faults.push(
      `${circle.join(' → ')}: import each other in a circle; what they share wants a file of its own`,
    );
  return [...faults, ...(await pythonImportFaults(root))];
}

function importedFile(file, specifier) {
  return path.posix.join(path.posix.dirname(file), specifier);
}

async function* sourceFiles(root) {
  const patterns = [
    'core/src/**/*.ts',
    'cli/{src,bin}/**/*.{ts,js}',
    'plugins/*/{src,adapters}/**/*.{ts,py}',
    'python/farsim/**/*.py',
  ];
  for (const pattern of patterns) yield* glob(pattern, { cwd: root });
}

function roomFault(file, specifier) {
  if (!specifier.startsWith('.')) return undefined;
  const [, , room] = file.split('/');
  const target = importedFile(file, specifier);
  const [, , targetRoom] = target.split('/');
  if (room === targetRoom || room.endsWith('.ts')) return undefined;
  const level = room === 'testing' ? testingLevel : levels[room];
  if (level === undefined || levels[targetRoom] === undefined)
    return `room '${targetRoom}' is not known to scripts/check-imports.mjs`;
  return levels[targetRoom] < level ? undefined : `${room} imports ${targetRoom}, which is not below it`;
}

function packageFault(root, file, specifier) {
  if (specifier.startsWith('node:')) return undefined;
  const folder = file.split('/src/')[0];
  if (specifier.startsWith('.')) {
    const target = importedFile(file, specifier);
    return target.startsWith(`${folder}/`) ? undefined : `${specifier} leaves the package`;
  }
  const name = specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/');
  const {
    name: own,
    dependencies = {},
    peerDependencies = {},
    optionalDependencies = {},
  } = JSON.parse(readFileSync(path.join(root, folder, 'package.json'), 'utf8'));
  if (folder.startsWith('plugins/') && name.startsWith('@farsim/') && name !== '@farsim/core')
    return `a plugin imports another: ${name}`;
  if (name === own || name in { ...dependencies, ...peerDependencies, ...optionalDependencies })
    return undefined;
  return `${name} is not a dependency of ${own}`;
}
