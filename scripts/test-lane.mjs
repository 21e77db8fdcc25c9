// `npm run test:isaac [-- PART…]`: real Isaac Lab 3.0 on the CPU, in the environment that farsim makes of it (7 GB, kept in the user's cache).
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { devPython } from './dev-python.mjs';
import { provideSystemPackages } from './system-packages.mjs';

const root = path.dirname(import.meta.dirname);
provideSystemPackages();
const { status } = spawnSync(
  process.execPath,
  [
    path.join(root, 'node_modules/vitest/vitest.mjs'),
    'run',
    '--config',
    'vitest.isaac.config.ts',
    ...process.argv.slice(2),
  ],
  { cwd: root, stdio: 'inherit', env: { ...process.env, FARSIM_TEST_PYTHON: devPython({ make: true }) } },
);
process.exitCode = status ?? 1;
