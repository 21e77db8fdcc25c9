// `npm run faults`: what the faults are inflicted on needs what the tests need, such as an sshd and a Python with MuJoCo.
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { devPython } from './dev-python.mjs';
import { provideSystemPackages } from './system-packages.mjs';

provideSystemPackages();
const { status } = spawnSync(
  process.execPath,
  [path.join(path.dirname(import.meta.dirname), 'test/faults/run-faults.ts'), ...process.argv.slice(2)],
  { stdio: 'inherit', env: { ...process.env, FARSIM_TEST_PYTHON: devPython({ make: true }) } },
);
process.exitCode = status ?? 1;
