// Records Unitree's G1 in a far MuJoCo, replays it in the one here and draws it, all from tarballs; run by scripts/test-packed.mjs
// with the model and a Python that has mujoco and av.
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { openPipeline } from '@farsim/core';

const [model, python] = process.argv.slice(2);
const micrometre = 1e-6;
const readSeconds =
  'import av, sys; s = av.open(sys.argv[1]).streams.video[0]; print(float(s.duration * s.time_base))';

await using pipeline = await openPipeline({
  version: 1,
  name: 'g1',
  simulators: {
    plant: { use: 'mujoco-native', model, python, stepDt: 0.02 },
    view: { use: 'mujoco', model: 'from plant' },
  },
  run: {
    simulator: 'plant',
    controller: { use: 'sine', amplitude: 0.2, frequency: 0.5 },
    episodes: 1,
    steps: 100,
    replay: 'view',
    tolerance: { position: micrometre, rotation: micrometre },
    video: { episodes: [0], size: '480x360', fps: 25 },
    folder: 'runs',
  },
});
const { reason, frames, folder, simulatedSeconds, replay } = await pipeline.run();

const worst = Math.max(...replay.bodies.map(({ position }) => position));
const { stdout, stderr } = spawnSync(python, ['-c', readSeconds, path.join(folder, 'video/0.mp4')], {
  encoding: 'utf8',
});
const seconds = Number.parseFloat(stdout);
const facts = [
  ['the run finished', reason === 'finished'],
  [
    `all ${frames} frames were compared, not ${replay.compared}`,
    replay.compared === frames && frames === 101,
  ],
  [`no body is without its like: ${replay.unmatched}`, replay.unmatched.length === 0],
  [`30 bodies and more are where they were: ${replay.bodies.length}`, replay.bodies.length >= 30],
  [`the worst is ${worst} m off`, worst < micrometre],
  [`the video's ${seconds} s are the simulated ${simulatedSeconds}${stderr}`, seconds === simulatedSeconds],
];
for (const [fact, holds] of facts) if (!holds) console.error(`not so: ${fact}`);
console.log(`worst body ${worst} m off, video ${seconds} s of ${simulatedSeconds} s`);
process.exitCode = facts.every(([, holds]) => holds) ? 0 : 1;
