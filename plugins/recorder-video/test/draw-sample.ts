/** Draws two and a half seconds of the planar arm at 640×480 into the folder that its argument names. */
import { createPlanarArm, planarArmFrame, planarArmSpec } from '@farsim/core/testing';
import { VideoRecorder } from '@farsim/recorder-video';

const [folder = ''] = process.argv.slice(2);
const spec = planarArmSpec();
const size = { width: 640, height: 480 };
const view = createPlanarArm();
const recorder = new VideoRecorder({
  folder,
  view,
  size,
  fps: 30,
  speed: 1,
  episodes: 'all',
  progress: () => undefined,
});
await recorder.begin({ round: 0, spec, specHash: '' });
for (let row = 0; row <= 50; row++)
  await recorder.write(planarArmFrame(spec, row, () => [0.03 * row, -0.05 * row]));
const episode = {
  env: 0,
  episode: 0,
  round: 0,
  firstRow: 0,
  lastRow: 50,
  outcome: 'round_end' as const,
  steps: 50,
  simulatedSeconds: 2.5,
  return: 0,
};
await recorder.end({ episodes: [episode], reason: 'finished' });
await recorder[Symbol.asyncDispose]();
