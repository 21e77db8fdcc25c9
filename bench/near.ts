import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { createCounter, f64, type Simulator } from '@farsim/core';
import { openRunRecorder } from '@farsim/recorder-mcap';
import { collectModelFiles, openMujoco, openPlayback } from '@farsim/sim-mujoco';
import type { Bench, Contestant } from './harness.ts';

const panda = path.join(import.meta.dirname, '../../shared/models/panda/scene.xml');
const arm = path.join(import.meta.dirname, '../cli/demo/arm.xml');
const model = existsSync(panda) ? panda : arm;
const numbers = 512;

/** What happens on this side: recording beside a 1 ms step, states put into the model, pictures. */
export function nearBenches(scale: number): Bench[] {
  const samples = Math.ceil(4000 * scale);
  return [
    {
      name: 'recording',
      link: 'near',
      bytes: numbers * 8,
      samples,
      contestants: [steps(false), steps(true)],
    },
    { name: 'playback', link: 'near', bytes: 0, samples: Math.ceil(200 * scale), contestants: [playback] },
    {
      name: 'drawing',
      link: 'near',
      bytes: 640 * 480 * 3,
      samples: Math.ceil(40 * scale),
      contestants: [drawing],
    },
  ];
}

/** Steps of 1 ms with 4 KiB of observations, kept or not. */
function steps(recorded: boolean): Contestant {
  return {
    name: recorded ? 'step of 1 ms, recorded' : 'step of 1 ms',
    open: async () => {
      const simulator = createCounter({ size: numbers });
      const folder = await mkdtemp(path.join(os.tmpdir(), 'farsim-bench-'));
      const recorder = recorded ? await openRunRecorder({ folder }) : undefined;
      await recorder?.begin({ round: 0, spec: simulator.spec, specHash: '00'.repeat(32) });
      await recorder?.write(await simulator.reset(), undefined);
      if (!recorder) await simulator.reset();
      const action = f64(new Float64Array(numbers), [1, numbers]);
      return {
        once: async () => {
          const until = performance.now() + 1;
          const frame = await simulator.step(action);
          while (performance.now() < until) await new Promise(setImmediate);
          await recorder?.write(frame, action);
        },
        async [Symbol.asyncDispose]() {
          await recorder?.end({ episodes: [], reason: 'finished' });
          await recorder?.[Symbol.asyncDispose]();
          await rm(folder, { recursive: true });
        },
      };
    },
  };
}

const statesAtOnce = 1000;

/** A recorded state into the model, and where all its bodies then are. */
const playback: Contestant = {
  name: 'state to poses',
  open: async () => {
    const simulator = await openSimulator();
    await simulator.reset();
    const state = await simulator.getState!();
    await simulator[Symbol.asyncDispose]();
    const player = await openPlayback(await collectModelFiles(model));
    player.check(state, 1);
    return {
      operations: statesAtOnce,
      once: async () => {
        for (let i = 0; i < statesAtOnce; i++) player.pose(state);
      },
      [Symbol.asyncDispose]: async () => player[Symbol.dispose](),
    };
  },
};

/** One picture of 640 × 480 with shadows, one at a time. */
const drawing: Contestant = {
  name: 'picture with shadows',
  open: async () => {
    const simulator = await openSimulator();
    await simulator.reset();
    return {
      once: () => simulator.render!({ width: 640, height: 480 }),
      [Symbol.asyncDispose]: () => simulator[Symbol.asyncDispose](),
    };
  },
};

async function openSimulator(): Promise<Simulator> {
  return openMujoco({ model: await collectModelFiles(model) });
}
