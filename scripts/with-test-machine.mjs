// `with-test-machine.mjs FILE WORD…`: runs a program of faults or benches with what the tests need, such as an sshd and a Python with MuJoCo.
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { devPython } from './dev-python.mjs';
import { provideSystemPackages } from './system-packages.mjs';

const [file, ...words] = process.argv.slice(2);
provideSystemPackages();
const { status } = spawnSync(
  process.execPath,
  [path.join(path.dirname(import.meta.dirname), file), ...words],
  { stdio: 'inherit', env: { ...process.env, FARSIM_TEST_PYTHON: devPython({ make: true }) } },
);
process.exitCode = status ?? 1;
