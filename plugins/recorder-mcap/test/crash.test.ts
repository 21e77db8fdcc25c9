import {
  assertSameAction,
  assertSameFrame,
  sampleAction,
  sampleFrame,
  sampleHeader,
} from '@farsim/core/testing';
import { spawn } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { openRecording } from '../src/mcap-recording.ts';
import { recover } from '../src/recover.ts';
import { readIndex } from '../src/run/run-index.ts';
import { openRunRecorder } from '../src/run-recorder.ts';
import { temporaryFolder } from './temporary-folder.ts';

const crashWriter = path.join(import.meta.dirname, 'crash-writer.ts');
const atOnce = 32;
const kills = Number(process.env['FARSIM_FAULT_COUNT'] ?? 3);
/** Bytes from one cut of a file to the next; where the first is changes from run to run. */
const stride = process.env['FARSIM_FAULT_COUNT'] ? 1 : 11;

const flipStride = process.env['FARSIM_FAULT_COUNT'] ? 13 : 41;

/** Reads round 0 and checks every row against what was written; gives their number. */
async function readChecked(target: string): Promise<number> {
  await using recording = await openRecording(target);
  let next = 0;
  for await (const { row, frame, action } of recording.rows(0)) {
    expect(row).toBe(next++);
    assertSameFrame(frame, sampleFrame(row), `row ${row}`);
    assertSameAction(action, row === 0 ? undefined : sampleAction(row), `row ${row}`);
  }
  return next;
}

/** Runs the writer in `command`'s environment until `stop` returns true for what it printed; gives that. */
function runWriter(command: readonly string[], stop: (printed: string) => boolean): Promise<string> {
  const child = spawn(command[0]!, command.slice(1), { stdio: ['ignore', 'pipe', 'inherit'] });
  let printed = '';
  child.stdout.on('data', (chunk: Buffer) => {
    printed += chunk.toString();
    if (stop(printed)) child.kill('SIGKILL');
  });
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', () => resolve(printed));
  });
}

function lastMark(printed: string): number {
  return Number(/mark (\d+)\n(?!.*mark \d+\n)/s.exec(printed)?.[1] ?? 0);
}

test('every row up to the last mark reads back after the recorder was killed', async () => {
  for (let run = 0; run < kills; run++) {
    const folder = temporaryFolder();
    const killAtBytes = 1 + Math.floor(Math.random() * 600);
    const printed = await runWriter(
      [process.execPath, crashWriter, folder],
      (seen) => seen.length >= killAtBytes,
    );
    const mark = lastMark(printed);
    expect(await readChecked(folder)).toBeGreaterThanOrEqual(mark);
    await using recording = await openRecording(folder);
    expect(recording.sealed).toBe(false);
    expect(recording.episodes.map(({ outcome }) => outcome)).toEqual([
      'interrupted',
      'interrupted',
      'interrupted',
    ]);
  }
});

test(
  'a file cut at any byte gives whole rows only, and all rows whose mark came before the cut',
  { timeout: 60_000 },
  async () => {
    const folder = temporaryFolder();
    const file = path.join(folder, 'rounds/000000.mcap');
    const sizes: number[] = [];
    {
      await using recorder = await openRunRecorder({ folder });
      await recorder.begin(sampleHeader(0));
      for (let row = 0; row < 3; row++) {
        await recorder.write(sampleFrame(row), row === 0 ? undefined : sampleAction(row));
        await recorder.durable();
        sizes.push(statSync(file).size);
      }
      await recorder.end({ episodes: [], reason: 'finished' });
    }
    const whole = readFileSync(file);
    const headerEnd =
      whole.indexOf('round-header.json') +
      'round-header.jsonapplication/json'.length +
      4 +
      8 +
      JSON.stringify(sampleHeader(0)).length +
      4;
    const checkCut = async (length: number): Promise<void> => {
      const cut = path.join(folder, `cut-${length}.mcap`);
      writeFileSync(cut, whole.subarray(0, length));
      if (length < headerEnd) {
        await expect(openRecording(cut)).rejects.toMatchObject({ code: 'RECORDING_INVALID' });
      } else {
        const marked = sizes.filter((size) => size <= length).length;
        // a chunk may be whole before the index that follows it is
        expect([marked, marked + 1], `cut at byte ${length} of ${whole.length}`).toContain(
          await readChecked(cut),
        );
      }
      rmSync(cut);
    };
    const lengths: number[] = [];
    for (let length = Math.floor(Math.random() * stride); length < whole.length; length += stride)
      lengths.push(length);
    for (let first = 0; first < lengths.length; first += atOnce)
      await Promise.all(lengths.slice(first, first + atOnce).map(checkCut));
  },
);

test('a recovered run is sealed and holds the same rows', async () => {
  const folder = temporaryFolder();
  await runWriter([process.execPath, crashWriter, folder], (seen) => seen.length > 100);
  const before = await readChecked(folder);
  const { sealed } = await recover(folder);
  expect(sealed).toMatchObject([{ file: path.join(folder, 'rounds/000000.mcap'), rows: before }]);
  expect(await readChecked(folder)).toBe(before);
  await using recording = await openRecording(folder);
  expect(recording.sealed).toBe(true);
  expect(recording.summaries.get(0)).toMatchObject({ reason: 'interrupted', rows: before });
  expect(recording.episodes).toMatchObject(
    [0, 1, 2].map((env) => ({ env, firstRow: 0, lastRow: before - 1, steps: before - 1 })),
  );
});

test('a flipped bit in a sealed round is an error or harmless, never a wrong value', async () => {
  const folder = temporaryFolder();
  const file = path.join(folder, 'rounds/000000.mcap');
  {
    await using recorder = await openRunRecorder({ folder });
    await recorder.begin(sampleHeader(0));
    for (let row = 0; row < 20; row++)
      await recorder.write(sampleFrame(row), row === 0 ? undefined : sampleAction(row));
    await recorder.end({ episodes: [], reason: 'finished' });
  }
  const whole = readFileSync(file);
  let refused = 0;
  for (let at = 0; at < whole.length; at += flipStride) {
    const damaged = Buffer.from(whole);
    damaged[at]! ^= 1 << (at % 8);
    writeFileSync(file, damaged);
    const rows = await readChecked(file).catch((error: unknown) => {
      expect(error, `bit ${at % 8} of byte ${at}`).toMatchObject({ code: 'RECORDING_INVALID' });
      return undefined;
    });
    if (rows === undefined) refused++;
    else if (rows < 20) expect((await openRecording(file)).sealed, `byte ${at}`).toBe(false);
  }
  expect(refused).toBeGreaterThan(whole.length / flipStride / 4);
});

/** Runs the writer on a small file system of its own, in a namespace where it may be mounted; gives what it printed. */
function runOnDisk(options: string, folder: string): Promise<string> {
  const disk = path.join(folder, 'disk');
  mkdirSync(disk);
  const script = 'mount -t tmpfs -o "$1" farsim "$2" && shift 2 && exec "$@"';
  const writer = [process.execPath, crashWriter, path.join(disk, 'run'), path.join(folder, 'out')];
  return runWriter(['unshare', '-Urm', 'sh', '-c', script, 'sh', options, disk, ...writer], () => false);
}

test('a full disk fails the recorder with DISK_FULL and leaves what was marked', async () => {
  const folder = temporaryFolder();
  const printed = await runOnDisk('size=96k', folder);
  expect(printed, 'needs `unshare -Urm` and tmpfs').toMatch(/failed DISK_FULL\n$/);
  expect(lastMark(printed)).toBeGreaterThan(10);
  expect(await readChecked(path.join(folder, 'out'))).toBeGreaterThanOrEqual(lastMark(printed));
});

test('a read-only disk is DISK_FULL before anything is recorded', async () => {
  expect(await runOnDisk('ro', temporaryFolder())).toBe('failed DISK_FULL\n');
});

test('a round that is already there is not overwritten', async () => {
  const folder = temporaryFolder();
  for (const again of [false, true]) {
    await using recorder = await openRunRecorder({ folder });
    const begun = recorder.begin(sampleHeader(0));
    if (again) await expect(begun).rejects.toThrow('is already there, and a round is never overwritten');
    else {
      await begun;
      await recorder.write(sampleFrame(0), undefined);
      await recorder.end({ episodes: [], reason: 'finished' });
    }
  }
  expect(await readChecked(folder)).toBe(1);
});

test('a run that is opened again goes on with the next round and keeps its index', async () => {
  const folder = temporaryFolder();
  for (const round of [0, 1]) {
    await using recorder = await openRunRecorder({ folder });
    await recorder.begin(sampleHeader(round));
    await recorder.write(sampleFrame(0), undefined);
    await recorder.end({ episodes: [], reason: 'finished' });
  }
  const index = await readIndex(folder);
  expect(index).toMatchObject({
    closed: true,
    rounds: [
      { round: 0, rows: 1 },
      { round: 1, rows: 1 },
    ],
  });
});
