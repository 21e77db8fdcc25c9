import path from 'node:path';
import { openPipeline, probeSimulator, type ProbeResult } from '@farsim/core';
import { expect, test } from 'vitest';

const fakes = path.join(import.meta.dirname, '../python/tests/fakes');
const python = process.env.FARSIM_TEST_PYTHON ?? 'python3';
const lab = { use: 'isaac', task: 'Isaac-Crab', envs: 2, overrides: ['env.episode_length_s=0.5'] };
const sim = {
  use: 'isaac-sim',
  usd: 'crab.usda',
  assets: path.join(fakes, 'robots'),
  prims: { robot: '/World/Robot', crane: '/World/Crane', object: '/World/Object' },
  decimation: 4,
  physicsDt: 0.005,
  cameras: {
    eye: { prim: '/World/Crane/boom/eye', width: 32, height: 24 },
    room: { pos: [0.4, 3, 1], lookAt: [0, 0.8, 0.1], width: 40, height: 30 },
  },
};

async function probed(generation: string, faults: object = {}): Promise<readonly ProbeResult[]> {
  const parts = ['common', 'kit', generation].map((part) => path.join(fakes, part));
  const env = { PYTHONPATH: parts.join(path.delimiter), FAKE_ISAAC: JSON.stringify(faults) };
  const section = ['two', 'beta', 'three'].includes(generation) ? lab : sim;
  const plant = { device: 'cuda:0', acceptEula: true, python, env, ...section };
  await using pipeline = await openPipeline({ version: 1, simulators: { plant } });
  return (await probeSimulator(pipeline.simulator())).results;
}

const outcomes = (results: readonly ProbeResult[]): Record<string, string> =>
  Object.fromEntries(
    results.map(({ probe, outcome, said }) => [probe, outcome === 'failed' ? said : outcome]),
  );

test.each(['two', 'beta', 'three', 'experimental', 'core'])(
  'the probes find the quaternions and velocities of generation %s right, whose engine has those of centres of mass',
  async (generation) => {
    const found = outcomes(await probed(generation));
    expect(found).toMatchObject({ 'set and get': 'passed', quaternion: 'passed', velocity: 'passed' });
    expect(new Set(Object.values(found))).toEqual(new Set(['passed', 'not applicable']));
  },
);

test('the probes find link velocities right that the adapter had to compute', async () => {
  const found = outcomes(await probed('two', { without: ['root_link_vel_w'] }));
  expect(found).toMatchObject({ 'set and get': 'passed', velocity: 'passed' });
});

test.each(['two', 'three'])(
  'the probes find turned quaternions of generation %s wrong',
  async (generation) => {
    const results = await probed(generation, { turned_quaternions: true });
    expect(results.find(({ probe }) => probe === 'quaternion')).toMatchObject({ outcome: 'failed' });
  },
);
