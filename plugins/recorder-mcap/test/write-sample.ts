/**
 * Writes the frames of `richFrames` as round 0 into the folder that its first argument names and prints, as one JSON line,
 * what a stranger must find there. A second argument `unsealed` leaves the round unsealed.
 */
import { richFrames, sampleAction, sampleHeader } from '@farsim/core/testing';
import { openRunRecorder } from '@farsim/recorder-mcap';

const [folder = '', unsealed] = process.argv.slice(2);
const frames = richFrames();
const recorder = await openRunRecorder({ folder });
await recorder.begin(sampleHeader(0));
for (const [row, frame] of frames.entries())
  await recorder.write(frame, row === 0 ? undefined : sampleAction(row, frame.envs));
await recorder.durable();
const expected = {
  rows: frames.length,
  ticks: frames.map(({ tick }) => [...tick]),
  envs: frames.map(({ envs }) => [...envs]),
  jointPos: [...(frames[0]!.state!.entities['arm']!.joint_pos!.data as Float64Array)],
  firstAction: [...(sampleAction(1) as { data: Float32Array }).data],
  note: frames[5]!.info.values,
  pixels: [...frames[6]!.images![0]!.data],
};
if (unsealed === undefined) await recorder.end({ episodes: [], reason: 'finished' });
process.stdout.write(
  `${JSON.stringify(expected)}\n`,
  () => unsealed !== undefined && process.kill(process.pid, 'SIGKILL'),
);
await recorder[Symbol.asyncDispose]();
