import {
  f64,
  isFarsimError,
  recorded,
  replay,
  type Frame,
  type Recording,
  type WorldState,
} from '@farsim/core';
import { assertSameFrame, createPlanarArm, planarArmFrame, planarArmSpec } from '@farsim/core/testing';
import { expect, test } from 'vitest';
import { openRecording } from '../src/mcap-recording.ts';
import { openRunRecorder } from '../src/run-recorder.ts';
import { temporaryFolder } from './temporary-folder.ts';

const spec = planarArmSpec(2);
const rowCount = 20;
const anglesAt = (row: number) => (env: number) => [0.05 * row + env, -0.1 * row] as const;
const action = f64([0.05, -0.1, 0.05, -0.1], [2, 2]);

/** Two rounds of the moving arm, as `change` leaves its states. */
async function recordArm(change: (state: WorldState) => WorldState = (state) => state): Promise<Recording> {
  const folder = temporaryFolder();
  await using recorder = await openRunRecorder({ folder });
  for (const round of [0, 1]) {
    await recorder.begin({ round, spec, specHash: '00'.repeat(32) });
    for (let row = 0; row < rowCount; row++) {
      const frame = frameAt(row);
      await recorder.write({ ...frame, state: change(frame.state!) }, row === 0 ? undefined : action);
    }
    const episodes = [0, 1].map((env) => ({
      env,
      episode: round * 2 + env,
      round,
      firstRow: 0,
      lastRow: rowCount - 1,
      outcome: 'round_end' as const,
      steps: rowCount - 1,
      simulatedSeconds: (rowCount - 1) * spec.step_dt,
      return: 0,
    }));
    await recorder.end({ episodes, reason: 'finished' });
  }
  return openRecording(folder);
}

function frameAt(row: number): Frame {
  return planarArmFrame(spec, row, anglesAt(row));
}

test('a replay puts every recorded body where it was', async () => {
  await using recording = await recordArm();
  await using view = createPlanarArm();
  const report = await replay({ recording, view, tolerance: { position: 1e-9, rotation: 1e-9 } });
  expect(report).toMatchObject({
    episodes: 4,
    compared: 4 * rowCount,
    conventions: 'declared',
    unmatched: [],
  });
  expect(report.bodies.map(({ body }) => body).toSorted()).toEqual(['arm/lower', 'arm/upper']);
});

test('joints in the wrong order fail a replay, naming the body', async () => {
  await using recording = await recordArm(({ entities }) => {
    const { joint_pos: joints, ...arm } = entities['arm']!;
    const [a, b, c, d] = joints!.data as Float64Array;
    return { entities: { arm: { ...arm, joint_pos: f64([b!, a!, d!, c!], [2, 2]) } } };
  });
  await using view = createPlanarArm();
  const failure = await replay({ recording, view, tolerance: { position: 1e-3, rotation: 1e-2 } }).catch(
    (error: unknown) => error,
  );
  if (!isFarsimError(failure)) throw new Error('the replay must fail');
  expect(failure.code).toBe('VERIFICATION_FAILED');
  expect(failure.message).toContain("at row 0 of round 0 2 bodies are elsewhere than recorded: 'arm/lower'");
});

test('a link frame with another origin is an offset, not a fault', async () => {
  await using recording = await recordArm(({ entities }) => {
    const { body_quat: quats, ...arm } = entities['arm']!;
    // each link's frame turned by half a turn about its own Z
    const turned = Float64Array.from(quats!.data as Float64Array, (_, i) => {
      const [w, x, y, z] = (quats!.data as Float64Array).subarray(i - (i % 4), i - (i % 4) + 4);
      return [-z!, y!, -x!, w!][i % 4]!;
    });
    return { entities: { arm: { ...arm, body_quat: f64(turned, [2, 2, 4]) } } };
  });
  await using view = createPlanarArm();
  const { bodies } = await replay({ recording, view, tolerance: { position: 1e-9, rotation: 1e-7 } });
  expect(bodies[0]!.rotation).toBeCloseTo(Math.PI, 6);
});

test('a replay feeds its recorders with the recorded rows and summaries', async () => {
  const folder = temporaryFolder();
  await using recording = await recordArm();
  {
    await using view = createPlanarArm();
    await using copy = await openRunRecorder({ folder });
    await replay({ recording, view, recorders: [copy] });
  }
  await using copied = await openRecording(folder);
  expect(copied.episodes).toEqual(recording.episodes);
  for await (const { row, frame } of copied.rows(1)) assertSameFrame(frame, frameAt(row), `row ${row}`);
});

test('a recorded simulator gives the rows again, round after round, and then says that there are no more', async () => {
  await using simulator = recorded(await recordArm());
  for (let round = 0; round < 2; round++) {
    assertSameFrame(await simulator.reset(), frameAt(0), `round ${round} row 0`);
    for (let row = 1; row < rowCount; row++)
      assertSameFrame(await simulator.step(action), frameAt(row), `row ${row}`);
    await expect(simulator.step(action)).rejects.toMatchObject({ code: 'EPISODE_LOST' });
  }
  await expect(simulator.reset()).rejects.toMatchObject({ code: 'BAD_ARGUMENT' });
  assertSameFrame(await simulator.reset({ options: { round: 1 } }), frameAt(0), 'round 1 again');
});

test('a recorded simulator that checks actions refuses another one', async () => {
  await using simulator = recorded(await recordArm(), { checkActions: true });
  await simulator.reset();
  await simulator.step(action);
  await expect(simulator.step(f64([0, 0, 0, 0], [2, 2]))).rejects.toMatchObject({
    code: 'VERIFICATION_FAILED',
  });
});
