// `npm run test:isaac`, `npm run test:engines` [-- PART…]: the tests of a folder that need a real simulator of some gigabytes, which runs on
// the CPU in the environment that farsim makes of it and keeps in the user's cache.
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { devPython } from './dev-python.mjs';
import { provideSystemPackages } from './system-packages.mjs';

const root = path.dirname(import.meta.dirname);
const [lane, ...parts] = process.argv.slice(2);
provideSystemPackages();
const { status } = spawnSync(
  process.execPath,
  [
    path.join(root, 'node_modules/vitest/vitest.mjs'),
    'run',
    '--config',
    'vitest.lane.config.ts',
    ...(parts.length > 0 ? parts : ['']).map((part) => `test/${lane}/${part}`),
  ],
  { cwd: root, stdio: 'inherit', env: { ...process.env, FARSIM_TEST_PYTHON: devPython({ make: true }) } },
);
process.exitCode = status ?? 1;
