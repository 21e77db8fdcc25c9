// The Python that tests run in: a virtual environment in the user's cache, named by what must be in it.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';

const requirements = path.join(import.meta.dirname, 'dev-requirements.txt');

/** The environment's `python`, made when it is missing; `found` alone never makes one. Throws with a sentence. */
export function devPython({ make }) {
  const key = createHash('sha256')
    .update(readFileSync(requirements))
    .update(process.arch)
    .digest('hex')
    .slice(0, 12);
  const cache = path.join(process.env.XDG_CACHE_HOME ?? path.join(os.homedir(), '.cache'), 'farsim');
  const folder = path.join(cache, `dev-python-${key}`);
  const python = path.join(folder, 'bin', 'python');
  if (existsSync(python) || !make) return existsSync(python) ? python : undefined;
  process.stderr.write('setup: making the tests’ Python environment\n');
  mkdirSync(cache, { recursive: true });
  const fresh = `${folder}.part-${process.pid}`;
  try {
    makeEnvironment(fresh);
    // an environment's scripts name its folder, `bin/python` does not: only that is used
    renameSync(fresh, folder);
  } finally {
    rmSync(fresh, { recursive: true, force: true });
  }
  return python;
}

function makeEnvironment(folder) {
  const python = path.join(folder, 'bin', 'python');
  if (works('uv', ['--version'])) {
    step('uv', ['venv', '--quiet', '--python', '>=3.10', folder]);
    step('uv', ['pip', 'install', '--quiet', '--python', python, '-r', requirements]);
    return;
  }
  if (!works('python3', ['-c', 'import sys; sys.exit(sys.version_info < (3, 10))'])) {
    throw new Error('the tests need Python 3.10 or newer as `python3`');
  }
  if (works('python3', ['-c', 'import ensurepip'])) step('python3', ['-m', 'venv', folder]);
  else throw new Error('this Python has no ensurepip: install uv or the package python3-venv');
  step(python, ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '-r', requirements]);
}

function works(command, words) {
  return spawnSync(command, words, { stdio: 'ignore' }).status === 0;
}

function step(command, words) {
  const { status } = spawnSync(command, words, { stdio: ['ignore', 'inherit', 'inherit'] });
  if (status !== 0) throw new Error(`${[command, ...words].join(' ')} failed`);
}
