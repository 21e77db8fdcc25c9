// Act here, step there: a far counter driven by a loop of one's own. Run it with `npx node examples/direct-control.ts`.
import { f64, openPipeline } from '@farsim/core';
import path from 'node:path';

await using pipeline = await openPipeline(path.join(import.meta.dirname, 'counter.yaml'), [
  'simulators.plant.envs=1',
]);
const env = pipeline.simulator('plant');

let frame = await env.reset({ seed: 1, want: { state: true } });
for (let step = 0; step < 100; step++) {
  // your policy goes here: it sees frame.observations and frame.state
  frame = await env.step(f64([Math.sin(step / 10)], [1, 1]));
}
console.log(`after ${frame.tick[0]} steps (${frame.time[0]} s): reward ${String(frame.reward.data[0])}`);

// Several actions in one round trip, where the link is long.
const actions = Array.from({ length: 32 }, () => f64([0.1], [1, 1]));
const frames = (await env.stepMany?.(actions)) ?? [];
console.log(`${frames.length} steps in one round trip`);
