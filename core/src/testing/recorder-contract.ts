import assert from 'node:assert/strict';
import type { Frame } from '../model/frame.ts';
import { isFarsimError } from '../model/errors.ts';
import type {
  EpisodeSummary,
  RecordedRow,
  Recorder,
  Recording,
  RoundHeader,
  RoundSummary,
} from '../ports/recorder.ts';
import type { ContractRule } from './contract.ts';
import { assertSameAction, assertSameFrame } from './same-frame.ts';
import { richFrames, sampleAction, sampleFrame, sampleHeader } from './sample-round.ts';

/** A recorder on a fresh place, and what it can take; left out, frames of `sampleSpec`. */
export interface RecorderSubject {
  readonly recorder: Recorder;
  readonly header?: (round: number) => RoundHeader;
  readonly frame?: (row: number) => Frame;
}

/** What every recorder keeps to, whatever it makes of the frames. */
export function recorderContract(open: () => Promise<RecorderSubject>): ContractRule[] {
  return [
    {
      fact: 'refuses a frame before a round has begun',
      check: () =>
        using(open, async ({ recorder, frame }) =>
          rejects(recorder.write(frame(0), undefined), 'BAD_ARGUMENT'),
        ),
    },
    {
      fact: 'refuses a second round before the first has ended',
      check: () =>
        using(open, async ({ recorder, header }) => {
          await recorder.begin(header(0));
          await rejects(recorder.begin(header(1)), 'BAD_ARGUMENT');
        }),
    },
    {
      fact: 'never says that more rows are durable than were written',
      check: () =>
        using(open, async ({ recorder, header, frame }) => {
          await recorder.begin(header(3));
          await recorder.write(frame(0), undefined);
          const { row } = await recorder.durable();
          assert.ok(row <= 1, `1 row was written and ${row} are durable`);
        }),
    },
    {
      fact: 'leaves the frames that it is given as they were',
      check: () =>
        using(open, async ({ recorder, header, frame }) => {
          await recorder.begin(header(0));
          const given = frame(1);
          await recorder.write(given, sampleAction(1));
          await recorder.durable();
          assertSameFrame(given, frame(1), 'after write');
        }),
    },
    {
      fact: 'takes rounds one after another',
      check: () =>
        using(open, async ({ recorder, header, frame }) => {
          for (const round of [0, 1]) {
            await recorder.begin(header(round));
            for (let row = 0; row < 3; row++)
              await recorder.write(frame(row), row === 0 ? undefined : sampleAction(row));
            await recorder.end(sampleSummary(round, 2));
          }
        }),
    },
    {
      fact: 'refuses calls after it was closed, and closes twice',
      check: () =>
        using(open, async ({ recorder, header }) => {
          await recorder[Symbol.asyncDispose]();
          await recorder[Symbol.asyncDispose]();
          await rejects(recorder.begin(header(0)), 'CLOSED');
        }),
    },
  ];
}

/** What a recorder with a reader keeps to: `read` opens what the recorder wrote, after it was closed or while it is open. */
export function recordingContract(
  open: () => Promise<{ readonly recorder: Recorder; readonly read: () => Promise<Recording> }>,
): ContractRule[] {
  return [
    {
      fact: 'says how many rows are durable',
      check: async () => {
        const { recorder } = await open();
        await recorder.begin(sampleHeader(3));
        assert.deepEqual(await recorder.durable(), { round: 3, row: 0 });
        await recorder.write(sampleFrame(0), undefined);
        await recorder.write(sampleFrame(1), sampleAction(1));
        assert.deepEqual(await recorder.durable(), { round: 3, row: 2 });
        await recorder[Symbol.asyncDispose]();
      },
    },
    {
      fact: 'gives every frame back bit for bit, and nothing that was absent',
      check: async () => {
        const { recorder, read } = await open();
        const frames = richFrames();
        await recorder.begin(sampleHeader(0));
        const actionOf = (frame: Frame, row: number) =>
          row === 0 ? undefined : sampleAction(row, frame.envs);
        for (const [row, frame] of frames.entries()) await recorder.write(frame, actionOf(frame, row));
        await recorder.end(sampleSummary(0, frames.length - 1));
        await recorder[Symbol.asyncDispose]();
        await using recording = await read();
        const rows = await rowsOf(recording, 0);
        assert.deepEqual(
          rows.map(({ row }) => row),
          [...frames.keys()],
        );
        for (const { row, frame, action } of rows) {
          assertSameFrame(frame, frames[row]!, `row ${row}`);
          assertSameAction(action, actionOf(frames[row]!, row), `row ${row}`);
        }
      },
    },
    {
      fact: 'gives headers, summaries and episodes back',
      check: async () => {
        const { recorder, read } = await open();
        for (const round of [0, 1]) {
          await recorder.begin(sampleHeader(round));
          await recorder.write(sampleFrame(0), undefined);
          await recorder.end(sampleSummary(round, 0));
        }
        await recorder[Symbol.asyncDispose]();
        await using recording = await read();
        assert.equal(recording.sealed, true);
        assert.deepEqual(recording.rounds, [sampleHeader(0), sampleHeader(1)]);
        assert.deepEqual(
          recording.episodes,
          [0, 1].flatMap((round) => sampleSummary(round, 0).episodes),
        );
        assert.equal(recording.summaries.get(1)?.reason, 'finished');
      },
    },
    {
      fact: 'can be read up to the last mark while it is still open, and is unsealed',
      check: async () => {
        const { recorder, read } = await open();
        await recorder.begin(sampleHeader(0));
        for (let row = 0; row < 40; row++)
          await recorder.write(sampleFrame(row), row === 0 ? undefined : sampleAction(row));
        await recorder.durable();
        {
          await using recording = await read();
          assert.equal(recording.sealed, false);
          const rows = await rowsOf(recording, 0);
          assert.equal(rows.length, 40);
          for (const { row, frame } of rows) assertSameFrame(frame, sampleFrame(row), `row ${row}`);
        }
        await recorder[Symbol.asyncDispose]();
      },
    },
    {
      fact: 'keeps rows in the order of the calls when they are not awaited',
      check: async () => {
        const { recorder, read } = await open();
        await recorder.begin(sampleHeader(0));
        const writes = Array.from({ length: 500 }, (_, row) =>
          recorder.write(sampleFrame(row), sampleAction(row)),
        );
        await Promise.all(writes);
        await recorder.end(sampleSummary(0, 499));
        await recorder[Symbol.asyncDispose]();
        await using recording = await read();
        const rows = await rowsOf(recording, 0);
        assert.deepEqual(
          rows.map(({ frame }) => frame.tick[0]),
          [...writes.keys()],
        );
      },
    },
  ];
}

function sampleSummary(round: number, lastRow: number): RoundSummary {
  const episodes = [0, 1, 2].map((env): EpisodeSummary => {
    const episode = round * 3 + env;
    return {
      env,
      episode,
      round,
      firstRow: 0,
      lastRow,
      outcome: 'round_end',
      steps: lastRow,
      simulatedSeconds: lastRow * 0.02,
      return: lastRow / 2,
    };
  });
  return { episodes, reason: 'finished' };
}

async function rowsOf(recording: Recording, round: number): Promise<RecordedRow[]> {
  const rows: RecordedRow[] = [];
  for await (const row of recording.rows(round)) rows.push(row);
  return rows;
}

async function using(
  open: () => Promise<RecorderSubject>,
  check: (subject: Required<RecorderSubject>) => Promise<void>,
): Promise<void> {
  const { recorder, header = sampleHeader, frame = sampleFrame } = await open();
  try {
    await check({ recorder, header, frame });
  } finally {
    await recorder[Symbol.asyncDispose]();
  }
}

async function rejects(call: Promise<unknown>, code: string): Promise<void> {
  await assert.rejects(
    call,
    (error) => isFarsimError(error) && error.code === code,
    `must fail with ${code}`,
  );
}
