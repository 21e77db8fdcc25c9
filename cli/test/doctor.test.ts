import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { farsim, type Ended } from './farsim.ts';

const python = process.env.FARSIM_TEST_PYTHON ?? 'python3';
const arm = path.join(import.meta.dirname, '../demo/arm.xml');
const adapter = path.join(import.meta.dirname, 'fixtures/exchanging_adapter.py');

let cwd: string;
const call = (...words: string[]): Promise<Ended> =>
  farsim(words, { cwd, env: { XDG_CACHE_HOME: path.join(cwd, 'cache') } });

beforeAll(async () => {
  cwd = await mkdtemp(path.join(os.tmpdir(), 'farsim-doctor-'));
  const sliders = { use: 'python', adapter: `${adapter}:ExchangingAdapter`, python, config: {} };
  const run = { simulator: 'plant', controller: 'zero', episodes: 1, steps: 2 };
  const camera = { width: 64, height: 48 };
  const plant = { use: 'mujoco', model: arm, camera };
  await writeFile(
    path.join(cwd, 'sliders.yaml'),
    JSON.stringify({ version: 1, simulators: { plant: sliders }, run }),
  );
  await writeFile(
    path.join(cwd, 'arm.yaml'),
    JSON.stringify({
      version: 1,
      simulators: { plant, view: { use: 'mujoco', model: 'from plant', camera } },
      run: { ...run, record: true, replay: 'view' },
    }),
  );
});
afterAll(async () => {
  await rm(cwd, { recursive: true });
});

async function report(
  file = 'doctor.json',
): Promise<{ readonly simulators: Record<string, { results: object[] }> }> {
  return JSON.parse(await readFile(path.join(cwd, file), 'utf8')) as never;
}

describe('doctor on a live simulator', () => {
  test('tells what is right, keeps it, and a recording and its replay know it', async () => {
    const before = await call('run', 'arm.yaml');
    expect(before.stdout).toContain('conventions: declared');
    const probed = await call('doctor', 'arm.yaml', '--simulator', 'plant');
    expect(probed).toMatchObject({ status: 0 });
    expect(probed.stdout).toMatch(/^ok +quaternion .*turns/m);
    expect(probed.stdout).toMatch(/^-- +final state/m);
    expect(await report()).toMatchObject({
      farsim: 1,
      ok: true,
      versions: { farsim: expect.any(String), node: process.versions.node },
      simulators: {
        plant: {
          plugin: 'mujoco',
          sim: 'mujoco',
          specHash: expect.stringMatching(/^[0-9a-f]{64}$/),
          native: { quat: { value: 'wxyz' } },
          results: expect.arrayContaining([
            expect.objectContaining({ probe: 'velocity', outcome: 'passed', allowed: 0.2 }),
            expect.objectContaining({ probe: 'close', outcome: 'passed', unit: 's' }),
          ]),
        },
      },
    });
    const after = await call('run', 'arm.yaml');
    expect(after.stdout).toContain('conventions: probed');
    const { simulators } = JSON.parse(await readFile(path.join(cwd, 'runs/latest/run.json'), 'utf8')) as {
      simulators: object;
    };
    expect(simulators).toMatchObject({ plant: { probes: { results: expect.any(Array) } } });
    await rm(path.join(cwd, 'cache'), { recursive: true });
    for (const words of [['replay'], ['data', 'info']])
      expect((await call(...words)).stdout).toContain('conventions: probed');
  }, 60_000);

  test('ends with 12 and names the probe that failed; a later run and a changed convention say so', async () => {
    const healthy = await call('doctor', 'sliders.yaml', '--json', '--output', 'healthy.json');
    expect(JSON.parse(healthy.stdout)).toEqual(await report('healthy.json'));
    expect(healthy, healthy.stdout).toMatchObject({ status: 0 });

    const wrong = await call('doctor', 'sliders.yaml', '+simulators.plant.config.exchanges=true');
    expect(wrong.status).toBe(12);
    expect(wrong.stdout).toMatch(/^BAD +set and get .*sliders\.joint_pos\[0\]\n +compare the orders/m);
    expect(wrong.stdout).toContain('1 failed');

    const run = await call('run', 'sliders.yaml', '+simulators.plant.config.exchanges=true');
    expect(run.stderr).toMatch(/plant: `farsim doctor` of [\d-]+ found it wrong in: set and get/);
    const changed = await call('run', 'sliders.yaml', '+simulators.plant.config.quat=xyzw');
    expect(changed.stderr).toMatch(
      /plant: since `farsim doctor` of [\d-]+: quat is xyzw, was wxyz; probe it again/,
    );
  }, 60_000);

  test('says that a recording is not live', async () => {
    const simulators = { old: { use: 'recorded', run: 'runs/latest' } };
    await writeFile(path.join(cwd, 'old.yaml'), JSON.stringify({ version: 1, simulators }));
    const { status, stderr } = await call('doctor', 'old.yaml');
    expect(stderr).toContain('UNSUPPORTED: there is no live simulator to probe: old');
    expect(status).toBe(4);
  });

  test('asks which simulator was meant, and for one host or a config', async () => {
    const unknown = await call('doctor', 'arm.yaml', '--simulator', 'plante');
    expect(unknown.stderr).toContain("did you mean 'plant'?");
    const two = await call('doctor', 'here', 'there');
    expect([unknown.status, two.status]).toEqual([2, 2]);
  });
});
