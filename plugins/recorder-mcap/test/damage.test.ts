import {
  assertSameAction,
  assertSameFrame,
  sampleAction,
  sampleFrame,
  sampleHeader,
} from '@farsim/core/testing';
import { isFarsimError, recorded } from '@farsim/core';
import { copyFileSync, existsSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from 'vitest';
import { dataInfo } from '../src/data-info.ts';
import { openRecording } from '../src/mcap-recording.ts';
import { recover } from '../src/recover.ts';
import { nextRecord } from '../src/file/next-record.ts';
import { openRunRecorder } from '../src/run-recorder.ts';
import { temporaryFolder } from './temporary-folder.ts';

/** Records rows in chunks of `rowsPerChunk`, and seals them where `ledger` is told; gives the file's path. */
async function record(
  rows: number,
  rowsPerChunk: number,
  ledger?: { index: number; head: string },
): Promise<string> {
  const folder = temporaryFolder();
  await using recorder = await openRunRecorder({ folder });
  await recorder.begin(sampleHeader(0));
  for (let row = 0; row < rows; row++) {
    await recorder.write(sampleFrame(row), row === 0 ? undefined : sampleAction(row));
    if (row % rowsPerChunk === rowsPerChunk - 1) await recorder.durable();
  }
  if (ledger) await recorder.end({ episodes: [], reason: 'finished', ledger });
  return path.join(folder, 'rounds/000000.mcap');
}
const recordUnsealed = (rows: number, rowsPerChunk: number): Promise<string> => record(rows, rowsPerChunk);
const recordSealed = (rows: number, rowsPerChunk: number): Promise<string> =>
  record(rows, rowsPerChunk, { index: rows, head: 'ab'.repeat(32) });

/** The numbers of a recording's rows, each of which is as it was written. */
async function rowsOf(target: string): Promise<number[]> {
  await using recording = await openRecording(target);
  const numbers: number[] = [];
  for await (const { row, frame, action } of recording.rows(0)) {
    assertSameFrame(frame, sampleFrame(row), `row ${row}`);
    assertSameAction(action, row === 0 ? undefined : sampleAction(row), `row ${row}`);
    numbers.push(row);
  }
  return numbers;
}

/** Where the bytes of chunks begin, behind their heads. */
async function chunkContents(file: string): Promise<number[]> {
  await using handle = await open(file);
  const found: number[] = [];
  for (let at: number | undefined = 0; (at = await nextRecord(handle, at)) !== undefined; at++)
    found.push(at + 60);
  return found;
}

function flipBit(file: string, at: number, bit = 0): void {
  const bytes = readFileSync(file);
  bytes[at]! ^= 1 << bit;
  writeFileSync(file, bytes);
}

/** Tries a file with one bit flipped, at every `stride`th byte from `first` to `last` (from its end): RECORDING_INVALID is right where the header is hit, and leaves the file as it was. */
async function flipEach(
  file: string,
  [first, stride, last]: readonly [number, number, number],
  tried: (byte: string, damaged: Buffer) => Promise<void>,
): Promise<void> {
  const whole = readFileSync(file);
  let headless = 0;
  for (let at = first; at < whole.length + last; at += stride) {
    writeFileSync(file, whole);
    flipBit(file, at, at % 8);
    const damaged = readFileSync(file);
    try {
      await tried(`byte ${at}`, damaged);
    } catch (error) {
      if (!isFarsimError(error)) throw error;
      expect(error, `byte ${at}`).toMatchObject({ code: 'RECORDING_INVALID' });
      expect(readFileSync(file).equals(damaged), `byte ${at}`).toBe(true);
      headless++;
    }
    rmSync(`${file}.damaged`, { force: true });
  }
  const headerBytes = whole.indexOf('round-header.json') + JSON.stringify(sampleHeader(0)).length + 60;
  expect(headless).toBeLessThanOrEqual(Math.ceil(headerBytes / stride));
}

test('recovery loses one damaged chunk, keeps the rows behind it under their numbers, and the file as it was', async () => {
  const file = await recordUnsealed(3001, 50);
  const folder = path.dirname(path.dirname(file));
  const chunks = await chunkContents(file);
  expect(chunks.length).toBeGreaterThan(60);
  flipBit(file, chunks[3]!);
  const damaged = readFileSync(file);
  const { sealed } = await recover(folder);
  const first = sealed[0]!.missing[0]![0];
  expect(sealed).toEqual([
    {
      file,
      rows: 2951,
      lostBytes: expect.any(Number),
      missing: [[first, first + 49]],
      original: `${file}.damaged`,
    },
  ]);
  expect(readFileSync(`${file}.damaged`).equals(damaged)).toBe(true);
  const rows = await rowsOf(folder);
  expect(rows).toEqual(
    Array.from({ length: 3001 }, (_, row) => row).filter((row) => row < first || row > first + 49),
  );
  await using recording = await openRecording(folder);
  expect(recording.sealed).toBe(true);
  expect(recording.summaries.get(0)).toMatchObject({ rows: 2951, missing: [[first, first + 49]] });
  expect(await dataInfo(folder)).toMatchObject({ frames: 2951, missing: 50 });
  const pieces = [0, 1, 2].flatMap((env) => [
    { env, firstRow: 0, lastRow: first - 1, steps: first - 1, outcome: 'interrupted' },
    { env, firstRow: first + 50, lastRow: 3000, steps: 2950 - first, outcome: 'interrupted' },
  ]);
  expect(recording.episodes.toSorted((a, b) => a.env - b.env)).toMatchObject(pieces);
});

test('a sealed round with a damaged chunk is mended where that is asked for: its reason and ledger stay, what is lost is said', async () => {
  const file = await recordSealed(101, 10);
  const folder = path.dirname(path.dirname(file));
  flipBit(file, (await chunkContents(file))[3]!);
  const damaged = readFileSync(file);
  await expect(rowsOf(folder)).rejects.toMatchObject({ code: 'RECORDING_INVALID' });
  expect((await recover(folder)).sealed, 'not by those who only seal').toEqual([]);
  expect(readFileSync(file).equals(damaged)).toBe(true);
  const { sealed } = await recover(folder, { damaged: true });
  const [[first]] = sealed[0]!.missing as [[number, number]];
  expect(sealed).toMatchObject([{ rows: 91, missing: [[first, first + 9]], original: `${file}.damaged` }]);
  expect(readFileSync(`${file}.damaged`).equals(damaged)).toBe(true);
  expect(await rowsOf(folder)).toHaveLength(91);
  await using recording = await openRecording(folder);
  expect(recording.sealed).toBe(true);
  const ledger = { index: 101, head: 'ab'.repeat(32) };
  expect(recording.summaries.get(0)).toMatchObject({ reason: 'finished', ledger, rows: 91 });
  expect(await dataInfo(folder)).toMatchObject({ frames: 91, missing: 10 });
  expect((await recover(folder, { damaged: true })).sealed, 'once').toEqual([]);
});

test('a sealed round that is whole is not touched by mending', async () => {
  const file = await recordSealed(40, 10);
  const before = readFileSync(file);
  expect((await recover(file, { damaged: true })).sealed).toEqual([]);
  expect(readFileSync(file).equals(before)).toBe(true);
});

test(
  'a flipped bit anywhere in a sealed round costs one chunk at most once it is mended, and never gives a wrong value',
  { timeout: 60_000 },
  async () => {
    const file = await recordSealed(20, 4);
    await flipEach(file, [9, 97, -9], async (byte) => {
      await recover(file, { damaged: true });
      expect((await rowsOf(file)).length, byte).toBeGreaterThanOrEqual(16);
    });
  },
);

test('the loss of the first chunk leaves the others readable', async () => {
  const file = await recordUnsealed(40, 10);
  flipBit(file, (await chunkContents(file))[0]!);
  const { sealed } = await recover(file);
  expect(sealed).toMatchObject([{ rows: 30, missing: [[0, 9]] }]);
  expect(await rowsOf(file)).toEqual(Array.from({ length: 30 }, (_, i) => i + 10));
});

test(
  'a flipped bit anywhere in an unsealed round costs one chunk at most, and never gives a wrong value',
  { timeout: 60_000 },
  async () => {
    const file = await recordUnsealed(20, 4);
    await flipEach(file, [0, 89, -1], async (byte, damaged) => {
      const { sealed } = await recover(file);
      const rows = await rowsOf(file);
      expect(rows.length, byte).toBeGreaterThanOrEqual(16);
      const { original } = sealed[0]!;
      if (rows.length < 20 && rows.at(-1) === 19) expect(original, byte).toBeDefined();
      if (original) expect(readFileSync(original).equals(damaged)).toBe(true);
    });
  },
);

test('a recorded simulator does not step over rows that are lost', async () => {
  const file = await recordUnsealed(12, 4);
  flipBit(file, (await chunkContents(file))[1]!);
  await recover(file);
  await using simulator = recorded(await openRecording(file));
  await simulator.reset();
  for (let row = 1; row < 4; row++) await simulator.step(sampleAction(row));
  for (let again = 0; again < 2; again++)
    await expect(simulator.step(sampleAction(4))).rejects.toMatchObject({ code: 'EPISODE_LOST' });
});

test('an unfinished last record is no damage', async () => {
  const file = await recordUnsealed(20, 4);
  truncateSync(file, (await chunkContents(file)).at(-1)!);
  const { sealed } = await recover(file);
  expect(sealed).toMatchObject([{ rows: 16, missing: [] }]);
  expect(sealed[0]!.original).toBeUndefined();
  expect(existsSync(`${file}.damaged`)).toBe(false);
});

test('a file that is damaged again gets a further name', async () => {
  const file = await recordUnsealed(20, 4);
  copyFileSync(file, `${file}.damaged`);
  flipBit(file, (await chunkContents(file))[2]!);
  expect((await recover(file)).sealed).toMatchObject([{ original: `${file}.damaged-2` }]);
});

test('a round that died after its summary, and lost rows, is not said to have them', async () => {
  const folder = temporaryFolder();
  {
    await using recorder = await openRunRecorder({ folder });
    await recorder.begin(sampleHeader(0));
    for (let row = 0; row < 20; row++) {
      await recorder.write(sampleFrame(row), row === 0 ? undefined : sampleAction(row));
      if (row % 4 === 3) await recorder.durable();
    }
    await recorder.end({ episodes: [], reason: 'failed', error: 'it fell' });
  }
  const file = path.join(folder, 'rounds/000000.mcap');
  truncateSync(file, readFileSync(file).length - 20);
  flipBit(file, (await chunkContents(file))[1]!);
  expect((await recover(folder)).sealed).toMatchObject([{ rows: 16, original: `${file}.damaged` }]);
  expect(await rowsOf(folder)).toHaveLength(16);
  await using recording = await openRecording(folder);
  expect(recording.summaries.get(0)).toMatchObject({ reason: 'failed', error: 'it fell', rows: 16 });
  expect(recording.episodes).toHaveLength(6);
});
