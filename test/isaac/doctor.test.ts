import { existsSync } from 'node:fs';
import { PluginFinder, doctorPipeline, loadConfig, planPipeline } from '@farsim/core';
import { expect, test } from 'vitest';
import { assets, moreAssets } from './open-isaac.ts';

/** What the probes say of a task, each probe's outcome or its sentence when it failed. */
async function probed(plant: object): Promise<Record<string, string>> {
  const section = { use: 'isaac', python: 'managed', envs: 2, device: 'cpu', assets, ...plant };
  const finder = new PluginFinder();
  const plan = await planPipeline(loadConfig({ version: 1, simulators: { plant: section } }), finder);
  const { simulators } = await doctorPipeline(plan, finder);
  const { seconds, results } = simulators.plant!;
  expect(seconds).toBeLessThan(60);
  return Object.fromEntries(
    results.map(({ probe, outcome, said }) => [probe, outcome === 'failed' ? said : outcome]),
  );
}

const everywhere = {
  names: 'passed',
  reading: 'passed',
  'set and get': 'passed',
  bodies: 'passed',
  kinematics: 'passed',
  finite: 'passed',
  'partial reset': 'passed',
  close: 'passed',
};

test('doctor finds a cartpole with cameras right, its pictures and its episodes’ ends included', async () => {
  const task = 'Isaac-Cartpole-Camera-Direct';
  expect(
    await probed({ task, overrides: ['renderer=newton_renderer', 'env.episode_length_s=2'] }),
  ).toMatchObject({
    ...everywhere,
    pictures: 'passed',
    'final state': 'passed',
  });
});

test('doctor finds a floating base right whose centre of mass is off its link’s origin', async () => {
  if (!existsSync(moreAssets)) return console.log('no ../shared/isaac-assets here: the Go2 is left out');
  expect(await probed({ task: 'Isaac-Velocity-Flat-UnitreeGo2', assets: moreAssets })).toMatchObject({
    ...everywhere,
    quaternion: 'passed',
    velocity: 'passed',
  });
});
