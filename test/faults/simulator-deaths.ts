import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { createRandomController, isFarsimError, rollout, type FarsimError } from '@farsim/core';
import { dataInfo, openRunRecorder } from '@farsim/recorder-mcap';
import { openAdapter, openLocalTransport } from '../open-far.ts';
import { farPids, withLocalCounter } from './far-sides.ts';
import { inflict, milliseconds, type FaultRow } from './fault-row.ts';
import { one, sessionGone } from './stepping.ts';

const arm = path.join(import.meta.dirname, '../../cli/demo/arm.xml');
const python = process.env.FARSIM_TEST_PYTHON ?? 'python3';

/** Records a far simulator and kills it on the way; gives the time from the kill to the error. */
async function killWhileRecording(physics: boolean, afterMs: number): Promise<number> {
  const folder = await mkdtemp(path.join(tmpdir(), 'farsim-r1-'));
  try {
    await using transport = await openLocalTransport();
    await using simulator = physics
      ? await openAdapter(transport, 'sim-mujoco', 'mujoco_native_adapter:MujocoNativeAdapter', {
          config: { model: arm },
          far: { python },
        })
      : await openAdapter(transport, 'sim-counter', 'counter_adapter:CounterAdapter');
    const { session, simulator: pid } = await farPids(simulator);
    let took = 0;
    let error: FarsimError | undefined;
    let durable = 0;
    {
      await using recorder = await openRunRecorder({ folder });
      await using controller = await createRandomController({ seed: 1 });
      // the run itself may be waiting for its recorder just then
      let failed = 0;
      void simulator.session.control.ended.then(() => (failed = performance.now()));
      const recorders = [recorder];
      const driving = rollout({
        simulator,
        controller,
        recorders,
        episodes: 1,
        steps: 1e6,
        seed: 1,
      });
      await sleep(afterMs);
      durable = (await recorder.durable()).row;
      const killed = performance.now();
      process.kill(pid, 'SIGKILL');
      ({ error } = await driving);
      took = failed - killed;
    }
    assert.ok(isFarsimError(error) && error.code === 'SIMULATOR_CRASHED', String(error));
    assert.equal(typeof error.details.applied, 'number');
    assert.ok(took > 0 && took <= 1_000, `the error came after ${Math.round(took)} ms`);
    await sessionGone(session, 1_000);
    const { frames } = await dataInfo(folder);
    assert.ok(frames >= durable, `${frames} frames are read, ${durable} were durable`);
    return took;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** What ignores every polite signal, leaves a grandchild in a session of its own, and stops itself. */
const stubborn = { ignore_signals: true, fork_twice: true, stop_at: 1, hang_close: true };

export const simulatorDeaths: readonly FaultRow[] = [
  {
    id: 'R1',
    fault: 'SIGKILL to the simulator at a random step',
    full: 100,
    quick: 4,
    run: (count) =>
      inflict(count, 'kill to error', (i) => killWhileRecording(i % 2 === 1, 30 + ((i * 37) % 200)), 2),
  },
  {
    id: 'R21',
    fault: 'a simulator that ignores signals, forks twice and stops itself',
    full: 50,
    quick: 1,
    run: (count) =>
      inflict(
        count,
        'close to proof',
        async () => {
          let began = 0;
          const { session } = await withLocalCounter({ config: stubborn }, async (simulator) => {
            await simulator.reset();
            const pids = await farPids(simulator);
            void simulator.step(one).catch(() => undefined);
            await sleep(100);
            began = performance.now();
            return pids;
          });
          await sessionGone(session, 1);
          const took = milliseconds(began);
          assert.ok(took <= 17_000, `gone after ${Math.round(took)} ms`);
          return took;
        },
        10,
      ),
  },
];
