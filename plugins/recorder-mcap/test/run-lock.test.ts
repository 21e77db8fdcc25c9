import { sampleAction, sampleFrame, sampleHeader } from '@farsim/core/testing';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { openRecording } from '../src/mcap-recording.ts';
import { recover } from '../src/recover.ts';
import { lockRun } from '../src/run/run-lock.ts';
import { thisHolder, type RunHolder } from '../src/run/run-holder.ts';
import { openRunRecorder } from '../src/run-recorder.ts';
import { temporaryFolder } from './temporary-folder.ts';

const crashWriter = path.join(import.meta.dirname, 'crash-writer.ts');

test('a recording that is still written is not recovered, and loses nothing', async () => {
  const folder = temporaryFolder();
  const round = path.join(folder, 'rounds/000000.mcap');
  {
    await using recorder = await openRunRecorder({ folder });
    await recorder.begin(sampleHeader(0));
    await recorder.write(sampleFrame(0), undefined);
    await recorder.durable();
    const busy = { code: 'BUSY', message: expect.stringContaining(`process ${process.pid} on `) };
    await expect(recover(folder)).rejects.toMatchObject(busy);
    await expect(recover(folder, { force: true })).rejects.toMatchObject(busy);
    await expect(recover(round)).rejects.toMatchObject(busy);
    await expect(openRunRecorder({ folder })).rejects.toMatchObject(busy);
    await recorder.write(sampleFrame(1), sampleAction(1));
    await recorder.end({ episodes: [], reason: 'finished' });
  }
  expect((await openRecording(folder)).files).toMatchObject([{ summary: { rows: 2, reason: 'finished' } }]);
  expect(existsSync(path.join(folder, 'recorder.lock'))).toBe(false);
  expect(await recover(folder)).toMatchObject({ sealed: [] });
});

test('a recording is busy while another process writes it, and free once that was killed', async () => {
  const folder = temporaryFolder();
  const writer = spawn(process.execPath, [crashWriter, folder], { stdio: ['ignore', 'pipe', 'inherit'] });
  onTestFinished(() => void writer.kill('SIGKILL'));
  await once(writer.stdout, 'data');
  await expect(recover(folder)).rejects.toMatchObject({
    code: 'BUSY',
    message: expect.stringContaining(`process ${writer.pid} on `),
    suggestions: [expect.stringContaining(`kill ${writer.pid}`)],
  });
  writer.kill('SIGKILL');
  await once(writer, 'close');
  expect((await recover(folder)).sealed).toHaveLength(1);
});

test('a recorder that could not be opened leaves the folder free', async () => {
  const folder = temporaryFolder();
  writeFileSync(path.join(folder, 'index.json'), 'no JSON');
  await expect(openRunRecorder({ folder })).rejects.toMatchObject({ code: 'RECORDING_INVALID' });
  lockRun(folder)[Symbol.dispose]();
});

describe('a lock that was left behind', () => {
  function leaveLock(holder: Partial<RunHolder>): string {
    const folder = temporaryFolder();
    mkdirSync(path.join(folder, 'rounds'));
    writeFileSync(path.join(folder, 'recorder.lock'), JSON.stringify({ ...thisHolder(), ...holder }));
    return folder;
  }

  test.each([
    ['of a process whose pid is another’s by now', { began: '1' }],
    ['of a process that is gone', { pid: 2 ** 30 }],
  ])('is succeeded: %s', (_, holder) => {
    using _held = lockRun(leaveLock(holder));
  });

  test('from before the last start is succeeded where the machine has an id, and else needs force', () => {
    const folder = leaveLock({ boot: 'another' });
    if (thisHolder().machine === '') expect(() => lockRun(folder)).toThrow('has been writing');
    using _held = lockRun(folder, { force: true });
    if (thisHolder().machine === '') return;
    using _succeeded = lockRun(leaveLock({ boot: 'another' }));
  });

  test.each([
    ['on another machine', { host: 'elsewhere', machine: '0123', boot: '4567' }],
    ['on a clone of this machine', { host: 'elsewhere', boot: '4567' }],
    ['in another container', { pids: 'pid:[1]' }],
  ])('needs force: of a process %s', (_, holder) => {
    const folder = leaveLock(holder);
    expect(() => lockRun(folder)).toThrow(
      expect.objectContaining({ code: 'BUSY', suggestions: [expect.stringContaining('--force')] }),
    );
    using _held = lockRun(folder, { force: true });
  });

  test('is succeeded when it is empty and old, because its disk was full', () => {
    const folder = temporaryFolder();
    const file = path.join(folder, 'recorder.lock');
    writeFileSync(file, '');
    expect(() => lockRun(folder)).toThrow(expect.objectContaining({ code: 'BUSY' }));
    utimesSync(file, 0, 0);
    using _held = lockRun(folder);
    expect(JSON.parse(readFileSync(file, 'utf8'))).toMatchObject({ pid: process.pid });
  });
});

test('releasing a lock leaves that of a successor', () => {
  const folder = temporaryFolder();
  const file = path.join(folder, 'recorder.lock');
  const lock = lockRun(folder);
  const successor = JSON.stringify({ ...thisHolder(), host: 'elsewhere' });
  writeFileSync(file, successor);
  lock[Symbol.dispose]();
  expect(readFileSync(file, 'utf8')).toBe(successor);
});
