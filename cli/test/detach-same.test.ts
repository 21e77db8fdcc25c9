import { existsSync, readdirSync, realpathSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Recording } from '@farsim/core';
import { openRecording } from '@farsim/recorder-mcap';
import { afterAll, expect, test } from 'vitest';
import {
  openDetachedBench,
  python,
  there,
  verified,
  content,
  type Failed,
} from './fixtures/detached-bench.ts';

const bench = await openDetachedBench({ ssh: true });
const { cwd, name, config, call, json, detach, synced } = bench;
afterAll(() => bench[Symbol.asyncDispose]());

const seeing = path.join(import.meta.dirname, 'fixtures/seeing_adapter.py');

async function imagesOf(recording: Recording): Promise<object[][]> {
  const rows = [];
  for (const { round } of recording.rounds)
    for await (const { frame } of recording.rows(round))
      rows.push((frame.images ?? []).map((image) => ({ ...image, data: Array.from(image.data) })));
  return rows;
}

test('a detached run is the attached one, step for step and to the ledger’s head, though nobody was there', async () => {
  const file = config(
    'far',
    { on: 'box', stepTime: 0.01, episodeSteps: 17, autoreset: 'next_step' },
    {
      options: { difficulty: 3, ground: 'gravel' },
    },
  );
  const run = await detach(file);
  const { status, answer } = await synced(run.folder);
  expect(answer).toMatchObject({ reason: 'finished', episodes: { length: 6 } });
  expect(status).toBe(0);
  expect(existsSync(there(run.folder))).toBe(false);
  const attached = await json<{ folder: string }>('run', file);
  await using far = await openRecording(run.folder);
  await using near = await openRecording(attached.folder);
  expect(await content(far)).toEqual(await content(near));
  expect(await verified(run.folder)).toMatchObject({ sealed: true, verified: { gaps: [], faults: [] } });
});

test('a recording’s actions are applied there as here, envs that ended left out, and the joints compared', async () => {
  const plant = { stepTime: 0.005, episodeSteps: 17, autoreset: 'disabled' };
  const source = await json<{ folder: string }>('run', config('source', plant));
  const controller = { use: 'recorded', run: source.folder };
  const file = config('again', { ...plant, on: 'box' }, { controller });
  const run = await detach(file);
  const { status, answer } = await synced(run.folder);
  expect(answer).toMatchObject({ reason: 'finished', episodes: { length: 6 } });
  expect(status).toBe(0);
  const attached = await json<{ folder: string; controller: unknown }>('run', file);
  await using far = await openRecording(run.folder);
  await using near = await openRecording(attached.folder);
  expect(await content(far)).toEqual(await content(near));
  expect(answer.controller).toEqual(attached.controller);
  expect(attached.controller).toMatchObject({ divergence: [{ max: 0 }, { max: 0 }, { max: 0 }] });
});

test('a recording for another number of envs is refused before the first step', async () => {
  const source = await json<{ folder: string }>('run', config('three', { envs: 3 }));
  const file = config('two', {}, { controller: { use: 'recorded', run: source.folder } });
  const { status, stdout } = await call('run', file, '--detach', '--json');
  const { error } = JSON.parse(stdout) as Failed;
  expect(error.message).toContain('the recording has 3 envs and the simulator 2');
  expect(status).not.toBe(0);
});

test.each(['raw', 'png'])('images are recorded there as here: %s', async (encoding) => {
  const images = { cameras: ['front', 'wrist/left'], every: 3, encoding };
  const file = config(
    `seen-${encoding}`,
    { use: 'python', adapter: `${seeing}:Seeing`, on: 'box', envs: undefined, size: undefined },
    { episodes: 2, steps: 10, record: 'rec' },
    { recorders: { rec: { use: 'mcap', images } } },
  );
  const run = await detach(file);
  expect(await synced(run.folder)).toMatchObject({ status: 0, answer: { reason: 'finished' } });
  const attached = await json<{ folder: string }>('run', file);
  await using far = await openRecording(run.folder);
  await using near = await openRecording(attached.folder);
  const seen = await imagesOf(far);
  expect(seen).toEqual(await imagesOf(near));
  expect(seen.filter((row) => row.length > 0).map((row) => row.length)).toEqual([4, 4, 4, 4]);
  expect(seen[0]![0]).toMatchObject({ camera: 'front', env: 0, encoding, width: 4, height: 3 });
  expect(await verified(run.folder)).toMatchObject({ sealed: true, verified: { gaps: [], faults: [] } });
});

test('it is replayed and drawn from the model that came along', async () => {
  const model = path.join(cwd, 'arm.xml');
  writeFileSync(
    model,
    `<mujoco><worldbody><light pos="0 0 3"/><body name="base" pos="0 0 1"><geom size=".05"/>
      <body name="link"><joint name="hinge" axis="0 1 0"/><geom type="capsule" size=".05" fromto="0 0 0 .4 0 0"/></body>
      </body></worldbody>
      <actuator><motor joint="hinge" ctrlrange="-1 1"/></actuator></mujoco>`,
  );
  const content = {
    version: 1,
    simulators: {
      [name]: { use: 'mujoco-native', model: './arm.xml', python },
      view: { use: 'mujoco', model: `from ${name}` },
    },
    run: {
      ...{
        simulator: name,
        controller: { use: 'sine' },
        episodes: 2,
        steps: 30,
        replay: 'view',
        folder: 'arm',
      },
      ...{ tolerance: {}, video: { episodes: [1], size: '160x120' } },
    },
  };
  writeFileSync(path.join(cwd, 'arm.yaml'), JSON.stringify(content));
  const run = await detach('arm.yaml');
  const { status, answer } = await synced(path.join(cwd, 'arm/latest'));
  expect(answer).toMatchObject({ reason: 'finished', replay: { episodes: 2, unmatched: [] } });
  expect(status).toBe(0);
  expect(answer.folder).toBe(realpathSync(run.folder));
  expect(readdirSync(path.join(run.folder, 'video'))).toEqual(['1.mp4']);
  const attached = await json<{ folder: string }>('run', 'arm.yaml');
  const heads = await Promise.all([run.folder, attached.folder].map((folder) => verified(folder)));
  expect(heads[0]!.ledger).toEqual(heads[1]!.ledger);
});
