import { readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { openRecording } from '@farsim/recorder-mcap';
import { afterAll, expect, test } from 'vitest';
import type { Ended } from './farsim.ts';
import { openDetachedBench, python } from './fixtures/detached-bench.ts';

const bench = await openDetachedBench({ ssh: true });
const { cwd, name, config, call, synced } = bench;
afterAll(() => bench[Symbol.asyncDispose]());

const exchanging = path.join(import.meta.dirname, 'fixtures/exchanging_adapter.py');
const arm = path.join(import.meta.dirname, '../demo/arm.xml');

/** Detaches the run, syncs it to its end, and tells what its recording and its replay know of conventions. */
async function detachedRun(...words: string[]): Promise<{
  folder: string;
  said: string;
  answer: Record<string, unknown>;
  info: Ended;
  probes: unknown[];
}> {
  const started = await call('run', '--detach', '--json', ...words);
  const { folder } = JSON.parse(started.stdout) as { folder: string };
  const { answer } = await synced(folder);
  const info = await call('data', 'info', folder);
  await using recording = await openRecording(folder);
  const probes = recording.rounds.map((header) => header.probes);
  return { folder, said: started.stderr, answer, info, probes };
}

/** What `run.json` says of the simulator's probes. */
function describedProbes(folder: string): unknown {
  const { simulators } = JSON.parse(readFileSync(path.join(folder, 'run.json'), 'utf8')) as {
    simulators: Record<string, { probes: unknown }>;
  };
  return simulators[name]!.probes;
}

test('the recording of a detached run holds what `farsim doctor` found, where an attached one would', async () => {
  const plant = { use: 'mujoco-native', model: arm, on: 'box', python };
  const run = { simulator: name, controller: 'zero', episodes: 2, steps: 5, replay: 'view' };
  const view = { use: 'mujoco', model: `from ${name}` };
  const file = config('arm', {}, run, { simulators: { [name]: plant, view } });
  const before = await detachedRun(file);
  expect(before).toMatchObject({
    said: '',
    answer: { replay: { conventions: 'declared' } },
    probes: [undefined, undefined],
  });

  const doctor = await call('doctor', file, '--simulator', name);
  expect(doctor, doctor.stdout).toMatchObject({ status: 0 });
  const after = await detachedRun(file);
  const attached = await call('run', file, '--json');
  rmSync(path.join(cwd, 'cache'), { recursive: true });
  expect(after.answer).toMatchObject({ replay: { conventions: 'probed' } });
  expect(after.info.stdout).toContain('conventions: probed');
  expect((await call('replay', after.folder)).stdout).toContain('conventions: probed');

  const near = describedProbes((JSON.parse(attached.stdout) as { folder: string }).folder);
  expect(near).toMatchObject({ results: expect.any(Array) });
  expect(after.probes).toEqual([near, near]);
  expect(describedProbes(after.folder)).toEqual(near);
});

test('what a probe refuted is said; what was found of other conventions is not taken', async () => {
  const plant = { use: 'python', adapter: `${exchanging}:ExchangingAdapter`, config: {}, on: 'box', python };
  const run = { simulator: name, controller: 'zero', episodes: 1, steps: 5 };
  const file = config('sliders', {}, run, { simulators: { [name]: plant } });
  const wrong = `+simulators.${name}.config.exchanges=true`;
  expect(await call('doctor', file, wrong)).toMatchObject({ status: 12 });

  const refuted = await detachedRun(file, wrong);
  expect(refuted.said).toMatch(/plant-\w+: `farsim doctor` of [\d-]+ found it wrong in: set and get/);
  expect(refuted.info.stdout).toContain('conventions: assumed');

  const changed = await detachedRun(file, `+simulators.${name}.config.quat=xyzw`);
  expect(changed.said).toMatch(
    /plant-\w+: since `farsim doctor` of [\d-]+: quat is xyzw, was wxyz; probe it again/,
  );
  expect(changed).toMatchObject({ probes: [undefined] });
  expect(changed.info.stdout).toContain('conventions: declared');
});
