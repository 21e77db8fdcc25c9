import { expect, test } from 'vitest';
import { FarsimError } from '../src/model/errors.ts';
import type { Action, Frame } from '../src/model/frame.ts';
import { f64, type Tensor } from '../src/model/tensor.ts';
import type { Controller } from '../src/ports/controller.ts';
import type { Recorder, RoundHeader, RoundSummary } from '../src/ports/recorder.ts';
import type { Simulator } from '../src/ports/simulator.ts';
import { rollout } from '../src/rollout/rollout.ts';
import { createCounter } from '../src/simulators/counter.ts';

/** Keeps what it is given. */
function keepingRecorder() {
  const kept = {
    headers: [] as RoundHeader[],
    rows: [] as { frame: Frame; action: Action | undefined }[],
    summaries: [] as RoundSummary[],
  };
  const recorder: Recorder = {
    needs: { state: true },
    begin: async (header) => void kept.headers.push(header),
    write: async (frame, action) => void kept.rows.push({ frame, action }),
    durable: async () => ({ round: 0, row: 0 }),
    end: async (summary) => void kept.summaries.push(summary),
    [Symbol.asyncDispose]: async () => undefined,
  };
  return { kept, recorder };
}

/** Adds 1 to every env, `chunk` actions at a time. */
function addingOne(chunk = 1): Controller {
  return {
    act: async ({ envs }) => {
      const action = f64(new Float64Array(envs.length).fill(1), [envs.length, 1]);
      return chunk === 1 ? action : Array.from({ length: chunk }, () => action);
    },
    [Symbol.asyncDispose]: async () => undefined,
  };
}

test('runs as many rounds as the episodes need, and counts rows from each reset', async () => {
  const { kept, recorder } = keepingRecorder();
  const simulator = createCounter({ envs: 2 });
  const result = await rollout({
    simulator,
    controller: addingOne(),
    recorders: [recorder],
    episodes: 5,
    steps: 4,
    seed: 10,
  });
  expect(result).toMatchObject({ reason: 'finished', rounds: 3, steps: 12, frames: 15 });
  expect(kept.headers.map(({ seed }) => seed)).toEqual([10, 12, 14]);
  expect(result.episodes.map(({ env, episode, round }) => [env, episode, round])).toEqual([
    [0, 0, 0],
    [1, 1, 0],
    [0, 2, 1],
    [1, 3, 1],
    [0, 4, 2],
  ]);
  expect(result.episodes[0]).toMatchObject({
    firstRow: 0,
    lastRow: 4,
    outcome: 'round_end',
    steps: 4,
    return: 4,
  });
  expect(kept.summaries.map(({ reason }) => reason)).toEqual(['finished', 'finished', 'finished']);
  expect(kept.rows.map(({ action }) => action === undefined)).toEqual(
    Array.from({ length: 15 }, (_, row) => row % 5 === 0),
  );
});

test('recorders that need the state make the simulator send it', async () => {
  const { kept, recorder } = keepingRecorder();
  await rollout({
    simulator: createCounter(),
    controller: addingOne(),
    recorders: [recorder],
    episodes: 1,
    steps: 2,
  });
  expect(kept.rows.map(({ frame }) => frame.state?.entities.counter?.joint_pos?.data)).toEqual(
    [0, 1, 2].map((sum) => Float64Array.of(sum)),
  );
});

test('a controller that gives several actions at a time leads to the same rows', async () => {
  const sums = async (chunk: number): Promise<unknown[]> => {
    const { kept, recorder } = keepingRecorder();
    await rollout({
      simulator: createCounter(),
      controller: addingOne(chunk),
      recorders: [recorder],
      episodes: 2,
      steps: 7,
    });
    return kept.rows.map(({ frame }) => frame.observations);
  };
  expect(await sums(3)).toEqual(await sums(1));
});

test('an env that ends without autoreset is an episode, and is not stepped again in its round', async () => {
  const simulator = createCounter({ envs: 2, episodeSteps: 3 });
  const result = await rollout({ simulator, controller: addingOne(5), episodes: 2, steps: 100 });
  expect(result).toMatchObject({ reason: 'finished', steps: 3 });
  expect(result.episodes.map(({ outcome, steps, lastRow }) => [outcome, steps, lastRow])).toEqual([
    ['truncated', 3, 3],
    ['truncated', 3, 3],
  ]);
});

test('an action that has rows for the envs that still run is taken as it is; another number of rows is refused', async () => {
  const simulator = createCounter({ envs: 3, episodeSteps: 4 });
  const applied: unknown[] = [];
  const ending: Simulator = {
    ...simulator,
    spec: simulator.spec,
    reset: (options) => simulator.reset(options),
    async step(action, options) {
      applied.push([...(action as Tensor).data]);
      const frame = await simulator.step(action, options);
      const terminated = frame.terminated.map((flag, row) => (frame.envs[row] === 0 ? 1 : flag));
      return { ...frame, terminated };
    },
    [Symbol.asyncDispose]: () => simulator[Symbol.asyncDispose](),
  };
  const acting = (rows: (frame: Frame) => number): Controller => ({
    ...addingOne(),
    act: async (frame) =>
      f64(
        Array.from({ length: rows(frame) }, (_, row) => row + 1),
        [rows(frame), 1],
      ),
  });
  const options = { simulator: ending, episodes: 3, steps: 3 };
  await rollout({ ...options, controller: acting((frame) => (frame.tick[0] === 0 ? 3 : 2)) });
  expect(applied).toEqual([
    [1, 2, 3],
    [1, 2],
    [1, 2],
  ]);
  const refused = await rollout({ ...options, controller: acting((frame) => (frame.tick[0] === 0 ? 3 : 1)) });
  expect(refused.error).toMatchObject({
    code: 'BAD_ACTION',
    message: expect.stringContaining('2 of 3 envs'),
  });
});

test('an empty list of actions ends the round', async () => {
  const controller: Controller = {
    ...addingOne(),
    act: async (frame) => (frame.tick[0]! < 2 ? addingOne().act(frame) : []),
  };
  const result = await rollout({ simulator: createCounter(), controller, episodes: 1, steps: 100 });
  expect(result.episodes[0]).toMatchObject({ outcome: 'round_end', steps: 2 });
});

test('an interruption ends at a step, and the recording is told so', async () => {
  const { kept, recorder } = keepingRecorder();
  const interruption = new AbortController();
  const result = await rollout({
    simulator: createCounter(),
    controller: addingOne(),
    recorders: [recorder],
    episodes: 3,
    steps: 100,
    signal: interruption.signal,
    onProgress: ({ step }) => step === 5 && interruption.abort(),
  });
  expect(result).toMatchObject({ reason: 'interrupted', rounds: 1, steps: 5 });
  expect(kept.rows).toHaveLength(6);
  expect(kept.summaries[0]).toMatchObject({
    reason: 'interrupted',
    episodes: [{ outcome: 'interrupted', lastRow: 5 }],
  });
});

test('a failing step keeps the rows before it and seals the recording as failed', async () => {
  const { kept, recorder } = keepingRecorder();
  const bad: Controller = {
    ...addingOne(),
    act: async (frame) => (frame.tick[0]! < 3 ? addingOne().act(frame) : f64([NaN], [1, 1])),
  };
  const result = await rollout({
    simulator: createCounter(),
    controller: bad,
    recorders: [recorder],
    episodes: 2,
    steps: 9,
  });
  expect(result).toMatchObject({ reason: 'failed', rounds: 1, error: { code: 'BAD_ACTION' } });
  expect(kept.rows).toHaveLength(4);
  expect(kept.summaries[0]).toMatchObject({ reason: 'failed', episodes: [{ outcome: 'failed', steps: 3 }] });
  expect(kept.summaries[0]!.error).toMatch(/^BAD_ACTION: /);
});

test('a recorder that cannot write stops the run, and the other recorders are sealed', async () => {
  const { kept, recorder } = keepingRecorder();
  const full: Recorder = {
    ...recorder,
    write: async () => {
      throw new FarsimError('DISK_FULL', 'the disk is full');
    },
    end: async () => undefined,
  };
  const result = await rollout({
    simulator: createCounter(),
    controller: addingOne(),
    recorders: [full, recorder],
    episodes: 1,
    steps: 50,
  });
  expect(result.error).toMatchObject({ code: 'DISK_FULL' });
  expect(result.steps).toBeLessThan(3);
  expect(kept.summaries[0]?.reason).toBe('failed');
});

test('times are kept for every reset and step', async () => {
  const { times } = await rollout({
    simulator: createCounter(),
    controller: addingOne(),
    episodes: 3,
    steps: 10,
  });
  expect([times.reset.count, times.step.count]).toEqual([3, 30]);
  expect(times.step.summary()!.max).toBeGreaterThan(0);
});

test('a round whose reset fails ends without episodes: those of the round before are counted once', async () => {
  const { kept, recorder } = keepingRecorder();
  const counter = createCounter({ envs: 2 });
  let resets = 0;
  const result = await rollout({
    simulator: {
      spec: counter.spec,
      reset: async (options) => {
        if (++resets === 2) throw new FarsimError('SIMULATOR_FAILED', 'the second reset fails');
        return counter.reset(options);
      },
      step: (action, options) => counter.step(action, options),
      [Symbol.asyncDispose]: () => counter[Symbol.asyncDispose](),
    },
    controller: addingOne(),
    recorders: [recorder],
    episodes: 6,
    steps: 3,
  });
  expect(result).toMatchObject({ reason: 'failed', error: { code: 'SIMULATOR_FAILED' }, rounds: 2 });
  expect(kept.summaries.map(({ episodes }) => episodes.length)).toEqual([2, 0]);
  expect(result.episodes).toHaveLength(2);
});
