import { protobufCodec } from '@farsim/codec-protobuf';
import {
  createCounter,
  createRemoteSimulator,
  createZeroController,
  dialSession,
  f64,
  ResourceStack,
  rollout,
  serve,
  type RecordedRow,
  type Recording,
} from '@farsim/core';
import { dataInfo, openRecording, openRunRecorder, verifyLedger } from '@farsim/recorder-mcap';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { createMemoryTransport } from '../core/test/memory-transport.ts';

const codec = protobufCodec;

/** A counter served in this process, and its remote end, over the real protocol. */
async function openServedCounter(stack: ResourceStack) {
  const transport = createMemoryTransport();
  const simulator = createCounter({ envs: 2, size: 3 });
  const service = await stack.use(
    'service',
    serve({ simulator, transport, address: 'memory', codecs: [codec] }),
  );
  const { address, token } = service;
  const session = await dialSession({ connect: () => transport.connect(), address, token, codec });
  return stack.use(
    'remote',
    createRemoteSimulator(session, () => session[Symbol.asyncDispose]()),
  );
}

/** Two rounds of ten steps of the counter, recorded; what its session's ledger then was. */
async function recordCounter(): Promise<{ folder: string; index: number; head: string }> {
  const folder = mkdtempSync(path.join(tmpdir(), 'farsim-ledger-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  await using stack = new ResourceStack();
  const simulator = await openServedCounter(stack);
  {
    await using recorder = await openRunRecorder({ folder });
    await using controller = createZeroController();
    const { error } = await rollout({
      simulator,
      controller,
      recorders: [recorder],
      episodes: 4,
      steps: 10,
      seed: 1,
    });
    if (error) throw error;
  }
  const { index, head } = simulator.session.ledger.head();
  return { folder, index, head: Buffer.from(head).toString('hex') };
}

function withChangedRow(recording: Recording, change: (row: RecordedRow) => RecordedRow): Recording {
  const { rounds, episodes, summaries, sealed } = recording;
  return {
    rounds,
    episodes,
    summaries,
    sealed,
    async *rows(round: number) {
      for await (const row of recording.rows(round)) yield round === 1 && row.row === 4 ? change(row) : row;
    },
    [Symbol.asyncDispose]: () => recording[Symbol.asyncDispose](),
  };
}

test('a recording of a served simulator proves its ledger, and shows a row that was changed', async () => {
  const { folder, index, head } = await recordCounter();
  await using recording = await openRecording(folder);
  expect(await verifyLedger(recording)).toEqual({
    entries: 22,
    replies: 22,
    requests: 20,
    gaps: [],
    faults: [],
    head: { index, head },
  });
  expect(await dataInfo(folder)).toMatchObject({
    sealed: true,
    rounds: 2,
    episodes: 4,
    frames: 22,
    ledger: { index, head },
  });

  const changedReply = withChangedRow(recording, (row) => ({
    ...row,
    frame: { ...row.frame, reward: f64([1, 2]) },
  }));
  expect((await verifyLedger(changedReply)).faults).toEqual([
    { round: 1, row: 4, what: 'the frame is not the one that the simulator sent' },
  ]);
  const changedAction = withChangedRow(recording, (row) => ({
    ...row,
    action: f64([0, 0, 0, 0, 0, 1], [2, 3]),
  }));
  expect((await verifyLedger(changedAction)).faults).toEqual([
    { round: 1, row: 4, what: 'the action is not the one that the simulator was given' },
  ]);
  const changedDigest = withChangedRow(recording, (row) => ({
    ...row,
    frame: { ...row.frame, ledger: { ...row.frame.ledger!, request: new Uint8Array(32) } },
  }));
  const { faults } = await verifyLedger(changedDigest);
  expect(faults.map(({ what }) => what)).toContain(
    `the rows lead to another head than the simulator’s at entry ${index}`,
  );
});
