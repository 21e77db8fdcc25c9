import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { farsim } from './farsim.ts';

const cwd = mkdtempSync(path.join(os.tmpdir(), 'farsim-slips-'));
afterAll(() => rmSync(cwd, { recursive: true }));
const options = { cwd, env: { XDG_CONFIG_HOME: path.join(cwd, 'config') } };

/** One vector of 2 numbers; the rest of the class is what a test changes. */
function adapter({ observed = '[[0.0, 0.0]]', dtype = 'f64', step = 'step', imports = '' }): string {
  return `
class Slip:
    def launch(self, config, progress):
        ${imports || 'pass'}
    def create(self): pass
    def describe(self):
        return {"sim": "slip", "task": "slip", "num_envs": 1, "step_dt": 0.1,
                "actions": {"": {"dtype": "f64", "shape": [1]}},
                "observations": {"": {"dtype": "${dtype}", "shape": [2]}}}
    def reset(self, seed=None, envs=None, state=None, options=None):
        return {"observations": ${observed}}
    def ${step}(self, action, envs=None):
        return {"observations": ${observed}, "reward": [0.0], "terminated": [False], "truncated": [False]}
    def close(self): pass
`;
}

async function runOf(name: string, source: string) {
  writeFileSync(path.join(cwd, `${name}.py`), source);
  writeFileSync(
    path.join(cwd, `${name}.yaml`),
    `version: 1\nsimulators:\n  plant: { use: python, adapter: ./${name}.py:Slip }\nrun: { simulator: plant, steps: 3 }\n`,
  );
  return farsim(['run', `${name}.yaml`], options);
}

test('an adapter without a method fails to start, and says which', async () => {
  const { status, stderr } = await runOf('stepless', adapter({ step: 'stepp' }));
  expect(stderr).toContain('START_FAILED: the adapter Slip has no step()');
  expect(status).toBe(7);
});

test('an error at an adapter’s import is told with its name and the way out', async () => {
  const { status, stderr } = await runOf(
    'rash',
    adapter({ imports: 'raise RuntimeError("no licence here")' }),
  );
  expect(stderr).toContain(
    'START_FAILED: the adapter rash:Slip failed while launching: RuntimeError: no licence here',
  );
  expect(stderr).toContain('the traceback says where');
  expect(status).toBe(7);
});

test('a package that is missing is told with the key that brings it', async () => {
  const { status, stderr } = await runOf('poor', adapter({ imports: 'import no_such_package' }));
  expect(stderr).toContain('PACKAGE_MISSING');
  expect(stderr).toContain('`requirements: [no_such_package]`');
  expect(status).toBe(7);
});

test('observations of another shape than described end the run at its first frame', async () => {
  const { status, stderr } = await runOf('wide', adapter({ observed: '[[0.0, 0.0, 0.0]]' }));
  expect(stderr).toContain(
    "SIMULATOR_FAILED: the adapter's 'obs' after reset: shape [3] for each env, where its describe() says [2]",
  );
  expect(status).toBe(8);
});

test('observations of another dtype than described are told, and the run goes on', async () => {
  const { status, stderr } = await runOf('broad', adapter({ dtype: 'f32' }));
  expect(stderr).toContain("the adapter's 'obs' is f64 after reset, and describe() says f32");
  expect(status).toBe(0);
});
