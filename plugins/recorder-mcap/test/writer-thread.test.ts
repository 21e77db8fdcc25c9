import { sampleAction, sampleFrame, sampleHeader } from '@farsim/core/testing';
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { Worker } from 'node:worker_threads';
import { afterEach, expect, test, vi } from 'vitest';
import { openRunRecorder } from '../src/run-recorder.ts';
import { temporaryFolder } from './temporary-folder.ts';

afterEach(() => void vi.restoreAllMocks());

test('a program that waits for nothing but the recorder lives until its rows are written', () => {
  const program = path.join(import.meta.dirname, 'large-rows-writer.ts');
  const { status, stdout } = spawnSync(process.execPath, [program, temporaryFolder()], { encoding: 'utf8' });
  expect({ status, stdout }).toEqual({ status: 0, stdout: 'closed\n' });
});

/** Opens a recorder in its first round, and what ends its writer's thread under it. */
async function openWithThread() {
  const posted = vi.spyOn(Worker.prototype, 'postMessage');
  const recorder = await openRunRecorder({ folder: temporaryFolder() });
  await recorder.begin(sampleHeader(0));
  // one of a test before may still be told something
  const call = posted.mock.calls.findIndex(([command]) => (command as { kind: string }).kind === 'begin');
  const thread = posted.mock.contexts[call] as Worker;
  return { recorder, posted, endThread: () => thread.terminate() };
}

test('every call fails when the writer thread has ended, and closing ends', { timeout: 5000 }, async () => {
  const { recorder, endThread } = await openWithThread();
  await recorder.write(sampleFrame(0), undefined);
  await endThread();
  const failure = { code: 'RECORDING_FAILED', message: expect.stringContaining('the writer thread ended') };
  await expect(recorder.durable()).rejects.toMatchObject(failure);
  await expect(recorder.write(sampleFrame(1), sampleAction(1))).rejects.toMatchObject(failure);
  await expect(recorder.end({ episodes: [], reason: 'finished' })).rejects.toMatchObject(failure);
  await recorder[Symbol.asyncDispose]();
});

test('an order that waits fails when the writer thread ends', { timeout: 5000 }, async () => {
  const { recorder, posted, endThread } = await openWithThread();
  // a thread that is ended may still answer what reaches it
  posted.mockImplementation(() => undefined);
  const waiting = expect(recorder.durable()).rejects.toMatchObject({ code: 'RECORDING_FAILED' });
  await endThread();
  await waiting;
  await recorder[Symbol.asyncDispose]();
});

test('closing tells of a writer thread that ended unseen', { timeout: 5000 }, async () => {
  const { recorder, endThread } = await openWithThread();
  await endThread();
  await expect(recorder[Symbol.asyncDispose]()).rejects.toMatchObject({ code: 'RECORDING_FAILED' });
});
