// Runs the tests of both languages. The last line is `N passed, N failed` (`, N skipped` where some were), the exit status is 0 when none failed.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { glob } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { devPython } from './dev-python.mjs';
import { provideSystemPackages } from './system-packages.mjs';

const root = path.dirname(import.meta.dirname);
const results = mkdtempSync(path.join(os.tmpdir(), 'farsim-tests-'));
const ownNode = path.join(root, 'node_modules/.bin/node');
const node = existsSync(ownNode) ? ownNode : process.execPath;

try {
  provideSystemPackages();
  const python = devPython({ make: true });
  const env = {
    ...process.env,
    FARSIM_TEST_PYTHON: python,
    PATH: [path.join(root, 'node_modules/.bin'), process.env.PATH].join(path.delimiter),
  };
  const counts = [runVitest(env, process.argv.slice(2)), await runPytest(python, env, process.argv.slice(2))];
  const sum = (key) => counts.reduce((total, count) => total + count[key], 0);
  const skipped = sum('skipped') > 0 ? `, ${sum('skipped')} skipped` : '';
  console.log(`${sum('passed')} passed, ${sum('failed')} failed${skipped}`);
  process.exitCode = sum('failed') === 0 ? 0 : 1;
} catch (error) {
  console.error(`tests: ${error.message}`);
  console.log('0 passed, 1 failed');
  process.exitCode = 1;
} finally {
  rmSync(results, { recursive: true, force: true });
}

/** Words after `npm test --` choose files by a part of their name. */
function runVitest(env, chosen) {
  const report = path.join(results, 'vitest.json');
  const words = [
    path.join(root, 'node_modules/vitest/vitest.mjs'),
    'run',
    '--passWithNoTests',
    '--reporter=default',
    '--reporter=json',
  ];
  const { status } = spawnSync(node, [...words, `--outputFile.json=${report}`, ...chosen], {
    cwd: root,
    env,
    stdio: 'inherit',
  });
  if (!existsSync(report)) return { passed: 0, failed: 1, skipped: 0 };
  const {
    numPassedTests: passed,
    numFailedTests,
    numPendingTests,
    numTodoTests,
  } = JSON.parse(readFileSync(report, 'utf8'));
  // a file that cannot be loaded fails without a failed test
  const failed = status === 0 ? numFailedTests : Math.max(1, numFailedTests);
  return { passed, failed, skipped: numPendingTests + numTodoTests };
}

async function runPytest(python, env, chosen) {
  const files = [];
  for await (const file of glob('{python,test,plugins}/**/test_*.py', {
    cwd: root,
    exclude: (name) => /node_modules|dist/.test(name),
  })) {
    if (chosen.length === 0 || chosen.some((part) => file.includes(part))) files.push(file);
  }
  if (files.length === 0) return { passed: 0, failed: 0, skipped: 0 };
  const report = path.join(results, 'pytest.xml');
  const words = [
    '-m',
    'pytest',
    '-q',
    '--import-mode=importlib',
    '-p',
    'no:cacheprovider',
    '-n',
    '4',
    '--dist',
    'worksteal',
    `--junitxml=${report}`,
  ];
  const pythonPath = [path.join(root, 'python'), process.env.PYTHONPATH].filter(Boolean).join(path.delimiter);
  const { status } = spawnSync(python, [...words, ...files.toSorted()], {
    cwd: root,
    env: { ...env, PYTHONPATH: pythonPath, PYTHONDONTWRITEBYTECODE: '1' },
    stdio: 'inherit',
  });
  if (!existsSync(report)) return { passed: 0, failed: 1, skipped: 0 };
  const suite = /<testsuite [^>]*>/.exec(readFileSync(report, 'utf8'))?.[0] ?? '';
  const [tests, failures, errors, skipped] = ['tests', 'failures', 'errors', 'skipped'].map((name) =>
    Number(new RegExp(` ${name}="(\\d+)"`).exec(suite)?.[1] ?? 0),
  );
  const failed = status === 0 ? failures + errors : Math.max(1, failures + errors);
  return { passed: tests - failures - errors - skipped, failed, skipped };
}
