import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { farsim, type Ended } from './farsim.ts';

const python = process.env.FARSIM_TEST_PYTHON ?? 'python3';
const PYTHONPATH = path.join(import.meta.dirname, '../../python');

/** Serves the env, or records a step of it into the folder that it is given. */
const play = `
import sys
import gymnasium
from farsim.bridge import record, serve

task, *where = sys.argv[1:]
env = gymnasium.make(task)
if not where:
    serve(env)
else:
    folder, doctor = where[0], where[1] if where[1:] else None
    with record(env, folder, doctor=doctor) as recorded:
        recorded.reset(seed=1)
        recorded.step(recorded.action_space.sample())
`;

const cwd = mkdtempSync(path.join(os.tmpdir(), 'farsim-record-probes-'));
const doctor = path.join(cwd, 'doctor.json');
const call = (...words: string[]): Promise<Ended> =>
  farsim(words, { cwd, env: { XDG_CACHE_HOME: path.join(cwd, 'cache') } });

beforeAll(async () => {
  writeFileSync(path.join(cwd, 'play.py'), play);
  const plant = { use: 'python', script: './play.py', args: ['Ant-v5'], python };
  writeFileSync(path.join(cwd, 'play.yaml'), JSON.stringify({ version: 1, simulators: { plant } }));
  const probed = await call('doctor', 'play.yaml');
  expect(probed, probed.stderr + probed.stdout).toMatchObject({ status: 0 });
});
afterAll(() => rmSync(cwd, { recursive: true }));

/** Runs the script as its user does; gives what it says on standard error. */
async function recordRun(task: string, ...where: string[]): Promise<string> {
  const words = [path.join(cwd, 'play.py'), task, ...where];
  return (await promisify(execFile)(python, words, { cwd, env: { ...process.env, PYTHONPATH } })).stderr;
}

test('what a script records with its doctor.json is probed, for `replay` and `data info`', async () => {
  expect(await recordRun('Ant-v5', 'probed', doctor)).toBe('');
  for (const words of [['replay'], ['data', 'info']])
    expect((await call(...words, 'probed')).stdout).toContain('conventions: probed');
  const { simulators } = JSON.parse(readFileSync(doctor, 'utf8')) as { simulators: { plant: object } };
  const { spec } = JSON.parse(readFileSync(path.join(cwd, 'probed/run.json'), 'utf8')) as {
    spec: { probes: object };
  };
  expect(simulators.plant).toMatchObject(spec.probes);
});

test('without one, with one of another task or of other versions it is what the env says of itself', async () => {
  expect(await recordRun('Ant-v5', 'declared')).toBe('');
  expect(await recordRun('Hopper-v5', 'hopper', doctor)).toContain(
    "doctor.json is of gymnasium 'Ant-v5', and not of this gymnasium 'Hopper-v5'",
  );
  const older = path.join(cwd, 'older.json');
  writeFileSync(older, readFileSync(doctor, 'utf8').replaceAll(/"mujoco": "[^"]+"/g, '"mujoco": "2.0"'));
  expect(await recordRun('Ant-v5', 'older', older)).toMatch(
    /farsim: since `farsim doctor` of [\d-]+: mujoco is [\d.]+, was 2\.0; probe it again/,
  );
  for (const run of ['declared', 'hopper', 'older'])
    expect((await call('data', 'info', run)).stdout).toContain('conventions: declared');
});
