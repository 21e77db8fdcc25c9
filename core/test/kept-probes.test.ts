import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { ProbeReport, ProbeResult } from '../src/model/probe-report.ts';
import type { WorldSpec } from '../src/model/world-spec.ts';
import { knownConventions } from '../src/rollout/replay.ts';
import { findProbes, keepProbes, probedBy } from '../src/runtime/probes/kept-probes.ts';
import { planarArmSpec } from '../src/testing/planar-arm.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'farsim-kept-'));
});
afterEach(async () => {
  await rm(folder, { recursive: true });
});

const spec: WorldSpec = { ...planarArmSpec(), versions: { engine: '1.0' } };

function report(at: string, ...results: readonly Partial<ProbeResult>[]): ProbeReport {
  const full = results.map((result) => ({ seconds: 0, said: '', ...result }) as ProbeResult);
  return { at, specHash: 'ab'.repeat(32), seconds: 1, results: full };
}

const plugin = 'arms';
const quaternion = { probe: 'quaternion', outcome: 'passed' } as const;

test('is found again with another number of envs', async () => {
  const kept = report('2026-01-01', quaternion);
  await keepProbes(plugin, spec, kept, folder);
  expect(findProbes({ ...spec, num_envs: 3, env_origins: [] }, folder)).toEqual({
    report: kept,
    changes: [],
  });
});

test('tells by name what changed since the newest of the same robot and task', async () => {
  await keepProbes(
    plugin,
    { ...spec, versions: { engine: '0.9' } },
    report('2025-01-01', quaternion),
    folder,
  );
  await keepProbes(plugin, spec, report('2026-01-01', quaternion), folder);
  const arm = spec.entities.arm!;
  const changed: WorldSpec = {
    ...spec,
    versions: { engine: '1.1' },
    native: { quat: { value: 'xyzw', known: 'declared' } },
    entities: { arm: { ...arm, joint_names: arm.joint_names.toReversed() } },
  };
  expect(findProbes(changed, folder)).toEqual({
    at: '2026-01-01',
    changes: ['quat is xyzw, was wxyz', 'engine is 1.1, was 1.0', 'the order of arm joints is another'],
  });
});

test('another robot or task has nothing to do with it', async () => {
  await keepProbes(plugin, spec, report('2026-01-01', quaternion), folder);
  const arm = { ...spec.entities.arm!, joint_names: ['shoulder', 'wrist'] };
  expect(findProbes({ ...spec, task: 'other' }, folder)).toEqual({ changes: [] });
  expect(findProbes({ ...spec, entities: { arm } }, folder)).toEqual({ changes: [] });
});

test('a far side is told of those that the same plugin opened, the newest first', async () => {
  const older = report('2025-01-01', quaternion);
  const newer = report('2026-01-01', quaternion);
  await keepProbes(plugin, { ...spec, versions: { engine: '0.9' } }, older, folder);
  await keepProbes(plugin, { ...spec, task: 'other' }, newer, folder);
  await keepProbes('legs', { ...spec, task: 'walk' }, newer, folder);
  const { sim, task } = spec;
  const conventions = { native: { quat: 'wxyz' }, orders: { 'arm joints': spec.entities.arm!.joint_names } };
  expect(probedBy(plugin, folder)).toMatchObject([
    { sim, task: 'other', conventions, report: newer },
    { sim, task, conventions: { ...conventions, versions: { engine: '0.9' } }, report: older },
  ]);
  expect(probedBy('hands', folder)).toEqual([]);
});

test.each(['{"farsim":1', '{"farsim":1,"conventions":{},"report":{"results":[]}}', '{"farsim":2}'])(
  'a damaged file, or one of another farsim, is none: %s',
  async (content) => {
    await keepProbes(plugin, spec, report('2026-01-01', quaternion), folder);
    const [subject] = await readdir(folder);
    const [file] = await readdir(path.join(folder, subject!));
    await writeFile(path.join(folder, subject!, file!), content);
    expect(findProbes(spec, folder)).toEqual({ changes: [] });
    expect(findProbes({ ...spec, native: {} }, folder)).toEqual({ changes: [] });
  },
);

test('conventions are probed when they were tried and hold, assumed when one was refuted, else what the adapter says', () => {
  const of = (...results: readonly Partial<ProbeResult>[]): string =>
    knownConventions({ spec, probes: report('', ...results) });
  expect(knownConventions({ spec })).toBe('declared');
  expect(of(quaternion)).toBe('probed');
  expect(of(quaternion, { probe: 'velocity', outcome: 'failed' })).toBe('assumed');
  expect(of(quaternion, { probe: 'pictures', outcome: 'failed' })).toBe('probed');
  expect(of({ probe: 'quaternion', outcome: 'not applicable' })).toBe('declared');
});
