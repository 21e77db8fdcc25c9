// `npm run test:isaac`, `npm run test:engines` [-- PART… FLAG…]: the tests of a folder that need a real simulator of some gigabytes, which runs on
// the CPU in the environment that farsim makes of it and keeps in the user's cache.
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { devPython } from './dev-python.mjs';
import { provideSystemPackages } from './system-packages.mjs';

const root = path.dirname(import.meta.dirname);
const [lane, ...words] = process.argv.slice(2);
// vitest's flags and what follows them, such as `-t NAME`
const firstFlag = words.findIndex((word) => word.startsWith('-'));
const parts = firstFlag < 0 ? words : words.slice(0, firstFlag);
const flags = words.slice(parts.length);
provideSystemPackages();
const { status } = spawnSync(
  process.execPath,
  [
    path.join(root, 'node_modules/vitest/vitest.mjs'),
    'run',
    '--config',
    'vitest.lane.config.ts',
    ...(parts.length > 0 ? parts : ['']).map((part) => `test/${lane}/${part}`),
    ...flags,
  ],
  { cwd: root, stdio: 'inherit', env: { ...process.env, FARSIM_TEST_PYTHON: devPython({ make: true }) } },
);
process.exitCode = status ?? 1;
