import {
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  realpathSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { dataInfo, openRecording } from '@farsim/recorder-mcap';
import { afterAll, expect, test } from 'vitest';
import { farsim } from './farsim.ts';
import { openDetachedBench, there, over, verified, content, type Failed } from './fixtures/detached-bench.ts';

const bench = await openDetachedBench({ ssh: true });
const { cwd, name, ssh, config, call, json, detach, synced } = bench;
afterAll(() => bench[Symbol.asyncDispose]());

test('finished rounds come while it runs, each once, and what is broken here is fetched again', async () => {
  const run = await detach(config('rounds', { on: 'box', stepTime: 0.01 }, { episodes: 10_000, steps: 20 }));
  const rounds = path.join(run.folder, 'rounds');
  const first = path.join(rounds, '000000.mcap');
  const fetched = (): string[] => (existsSync(rounds) ? readdirSync(rounds) : []);
  const nothing = await call('data', 'info', run.folder);
  expect(nothing.stderr).toContain('no round of this run is here yet: it is detached, and records on box');
  expect(nothing.stderr).toContain(`\`farsim sync ${run.folder}\` fetches its finished rounds`);
  while (fetched().length === 0)
    expect(await json('sync', run.folder)).toMatchObject({ state: 'running', run: { wanted: 10_000 } });
  const { mtimeMs } = statSync(first);
  const before = fetched().length;
  while (fetched().length === before) await call('sync', run.folder);
  expect(statSync(first).mtimeMs).toBe(mtimeMs);
  expect(await dataInfo(run.folder)).toMatchObject({ rounds: fetched().length });
  expect((await call('data', 'info', run.folder)).stdout).toContain(
    `goes on on box: \`farsim sync ${run.folder}\` fetches the rest`,
  );
  // a disk that forgets
  writeFileSync(first, readFileSync(first).fill(0, 500, 600));
  await call('host', 'down', run.session);
  const broken = await synced(run.folder);
  expect(broken).toMatchObject({ status: 1, answer: { error: { code: 'RECORDING_INVALID' } } });
  expect((broken.answer as unknown as Failed).error.suggestions.join()).toContain('it is still on box');
  expect(existsSync(there(run.folder))).toBe(true);
  rmSync(first);
  expect(await synced(run.folder)).toMatchObject({ status: 130, answer: { reason: 'interrupted' } });
  expect(existsSync(there(run.folder))).toBe(false);
  expect(await verified(run.folder)).toMatchObject({ sealed: true, verified: { faults: [] } });
});

test('a run whose folder here is lost is fetched by its machine and session, while it runs and after', async () => {
  const file = config('lost', { on: 'box', stepTime: 0.01 }, { episodes: 40, steps: 10 });
  const run = await detach(file);
  rmSync(run.folder, { recursive: true });
  const words = ['box', run.session, '--config', file, '--folder', 'lost'];
  const first = await json<{ state: string; folder: string }>('sync', ...words);
  expect(first).toMatchObject({ folder: realpathSync(cwd) + run.folder.slice(cwd.length) });
  expect((await json<{ folder: string }>('sync', ...words)).folder).toBe(first.folder);
  const { status, answer } = await synced(first.folder);
  expect(answer).toMatchObject({ reason: 'finished', episodes: { length: 40 } });
  expect(status).toBe(0);
  expect(await verified(first.folder)).toMatchObject({ sealed: true, verified: { gaps: [], faults: [] } });
  expect(existsSync(there(first.folder))).toBe(false);
  const about = JSON.parse(readFileSync(path.join(first.folder, 'run.json'), 'utf8')) as object;
  expect(about).toMatchObject({ id: path.basename(run.folder), controller: { plugin: 'random' } });
});

test('what the far side calls its run and its files never takes the place of what is here', async () => {
  const file = config('mine', { on: 'box' });
  const run = await detach(file);
  const kept = there(run.folder);
  await over(run.folder);
  rmSync(run.folder, { recursive: true });
  mkdirSync(run.folder);
  writeFileSync(path.join(run.folder, 'run.yaml'), 'mine');
  writeFileSync(path.join(kept, 'run.yaml'), 'theirs');
  const words = ['sync', 'box', run.session, '--config', file, '--folder', 'mine'];
  const refused = await call(...words, '--json');
  expect((JSON.parse(refused.stdout) as Failed).error).toMatchObject({ code: 'PATH_REFUSED' });
  rmSync(path.join(kept, 'run.yaml'));
  const { folder } = await json<{ folder: string }>(...words);
  expect(path.basename(folder)).toBe(`run-${run.session}`);
  expect(readFileSync(path.join(folder, 'run.yaml'), 'utf8')).toContain(name);
  expect(readFileSync(path.join(run.folder, 'run.yaml'), 'utf8')).toBe('mine');
});

test('a run that is over is listed until somebody fetches it, from a machine that never heard of it too', async () => {
  const run = await detach(config('elsewhere', { on: 'box' }));
  await over(run.folder);
  rmSync(path.join(cwd, 'elsewhere'), { recursive: true });
  const other = path.join(cwd, 'other-laptop');
  mkdirSync(path.join(other, 'config/farsim'), { recursive: true });
  writeFileSync(path.join(other, 'config/farsim/hosts.yaml'), JSON.stringify({ gpu: { ssh } }));
  const options = { cwd: other, env: { XDG_CONFIG_HOME: path.join(other, 'config') } };
  const listed = await farsim(['host', 'ps', 'gpu'], options);
  expect(listed.stdout).toContain(`its 3 rounds are still there: \`farsim sync gpu ${run.session}\``);
  const { status, stdout } = await farsim(['sync', 'gpu', run.session, '--json'], options);
  expect(status).toBe(0);
  const { folder } = JSON.parse(stdout) as { folder: string };
  expect(path.dirname(folder)).toBe(path.join(realpathSync(other), 'runs'));
  await using far = await openRecording(folder);
  const attached = await json<{ folder: string }>('run', 'elsewhere.yaml');
  await using near = await openRecording(attached.folder);
  expect(await content(far)).toEqual(await content(near));
  expect((await farsim(['host', 'ps', 'gpu'], options)).stdout).not.toContain(run.session);
  expect(await farsim(['sync', 'gpu', '0123456789ab', '--json'], options)).toMatchObject({ status: 5 });
});

test('a folder that is not of a detached run says so', async () => {
  mkdirSync(path.join(cwd, 'other'));
  expect(await call('sync', 'other')).toMatchObject({
    status: 4,
    stderr: expect.stringContaining('no run.json'),
  });
  writeFileSync(path.join(cwd, 'other/run.json'), '{}');
  expect(await call('sync', 'other')).toMatchObject({ status: 2 });
});
