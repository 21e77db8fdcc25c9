import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { openPipeline, type RunSummary } from '@farsim/core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startSshd, type Sshd } from './sshd/start-sshd.ts';

const models = path.join(import.meta.dirname, '../../shared/models');
const arm = path.join(import.meta.dirname, '../cli/demo/arm.xml');
const folder = mkdtempSync(path.join(os.tmpdir(), 'farsim-robots-'));
const python = process.env.FARSIM_TEST_PYTHON ?? 'python3';

let sshd: Sshd;
beforeAll(async () => {
  sshd = await startSshd();
});
afterAll(async () => {
  await sshd[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true, force: true });
});

const robots: Record<string, object> = {
  arm: { use: 'mujoco-native', model: arm },
  ant: { use: 'gymnasium', task: 'Ant-v5' },
  panda: { use: 'mujoco-native', model: path.join(models, 'panda/scene.xml'), stepDt: 0.02 },
  go2: { use: 'mujoco-native', model: path.join(models, 'go2/scene.xml'), stepDt: 0.02 },
  g1: { use: 'mujoco-native', model: path.join(models, 'g1/scene_29dof.xml'), stepDt: 0.02 },
};
const there = Object.keys(robots).filter(
  (name) => !['panda', 'go2', 'g1'].includes(name) || existsSync(path.join(models, name)),
);
if (there.length < Object.keys(robots).length)
  console.log('no ../shared/models here: Panda, Go2 and G1 are left out');

/** Records two short episodes of a robot, replays them here and draws the first. */
async function record(robot: string, on: 'local' | 'ssh', steps: number): Promise<RunSummary> {
  const { port, user, identityFile, knownHosts } = sshd;
  const config = {
    version: 1,
    name: robot,
    hosts: { far: { ssh: { host: '127.0.0.1', port, user, identityFile, knownHosts } } },
    simulators: {
      plant: { ...robots[robot], python, ...(on === 'ssh' && { on: 'far' }) },
      view: { use: 'mujoco', model: 'from plant' },
    },
    run: {
      simulator: 'plant',
      controller: { use: 'random', seed: 3 },
      episodes: 2,
      steps,
      seed: 5,
      replay: 'view',
      tolerance: { position: 1e-6, rotation: 1e-6 },
      video: { episodes: [0], size: '320x240', fps: 25 },
      folder,
    },
  };
  await using pipeline = await openPipeline(config);
  return await pipeline.run();
}

describe.each(there)('%s', (robot) => {
  test('replayed here, each body is where it was, to a micrometre, at every recorded frame', async () => {
    const summary = await record(robot, 'local', 40);
    expect(summary.reason).toBe('finished');
    expect(summary.replay!.compared).toBe(summary.frames);
    expect(summary.replay!.unmatched).toEqual([]);
    for (const { position } of summary.replay!.bodies) expect(position).toBeLessThan(1e-6);
    expect(readdirSync(path.join(summary.folder, 'video'))).toContain('0.mp4');
  });
});

test('the same over SSH', async () => {
  const summary = await record('ant', 'ssh', 40);
  expect(summary.replay!.compared).toBe(summary.frames);
  for (const { position } of summary.replay!.bodies) expect(position).toBeLessThan(1e-6);
});
