import { describe, expect, test } from 'vitest';
import { f64, tensorsEqual, type Tensor } from '../src/model/tensor.ts';
import { createCounter } from '../src/simulators/counter.ts';
import { codecs, one, serveAndDial, sum } from './fixtures/serve-and-dial.ts';

describe.each(codecs)('a counter served in place, $name codec', (codec) => {
  test('steps as it would here, and both ledgers agree', async () => {
    await using served = await serveAndDial(createCounter(), codec);
    const { remote } = served;
    await remote.reset({ want: { state: true } });
    for (let step = 1; step <= 5; step++) {
      const frame = await remote.step(one);
      expect(sum(frame)).toBe(step);
      expect(frame.tick).toEqual(Uint32Array.of(step));
      expect(tensorsEqual(frame.state!.entities.counter!.joint_pos!, f64([step], [1, 1]))).toBe(true);
    }
    await remote.step(one);
    expect(remote.session.ledger.head().index).toBe(7);
    expect(remote.session.ledger.fault).toBeUndefined();
  });

  test('several steps in one round trip are the same as one after another', async () => {
    await using served = await serveAndDial(createCounter(), codec);
    await served.remote.reset();
    const frames = await served.remote.stepMany!([one, one, one]);
    expect(frames.map(sum)).toEqual([1, 2, 3]);
    expect(frames.map(({ ledger }) => ledger!.index)).toEqual([2, 3, 4]);
    await served.remote.step(one);
    expect(served.remote.session.ledger.head().index).toBe(5);
    expect(served.remote.session.ledger.fault).toBeUndefined();
  });

  test('env subsets travel with their rows', async () => {
    await using served = await serveAndDial(createCounter({ envs: 3 }), codec);
    const { remote } = served;
    await remote.reset();
    const frame = await remote.step(f64([10, 20], [2, 1]), { envs: Int32Array.of(2, 0) });
    expect(frame.envs).toEqual(Int32Array.of(2, 0));
    const state = await remote.getState!();
    expect(state.entities.counter!.joint_pos!.data).toEqual(Float64Array.of(20, 0, 10));
  });

  test('snapshot and restore come back to the same sums', async () => {
    await using served = await serveAndDial(createCounter(), codec);
    const { remote } = served;
    await remote.reset();
    await remote.step(one);
    const snapshot = await remote.snapshot!();
    await remote.step(one);
    await remote.restore!(snapshot);
    expect(sum(await remote.step(one))).toBe(2);
    expect(remote.session.ledger.fault).toBeUndefined();
  });
});

describe('session', () => {
  test('pipelined steps are applied once each, in order', async () => {
    await using served = await serveAndDial(createCounter());
    await served.remote.reset();
    const frames = await Promise.all(Array.from({ length: 500 }, () => served.remote.step(one)));
    expect(frames.map(sum)).toEqual(Array.from({ length: 500 }, (_, i) => i + 1));
  });

  test('an error in a pipeline lets none of the actions behind it run, and the next call works', async () => {
    await using served = await serveAndDial(createCounter());
    const { remote } = served;
    await remote.reset();
    const results = await Promise.allSettled([
      remote.step(one),
      remote.step(f64([NaN], [1, 1])),
      remote.step(one),
      remote.step(one),
    ]);
    expect(
      results.map((result) =>
        result.status === 'rejected' ? (result.reason as { code: string }).code : 'ok',
      ),
    ).toEqual(['ok', 'BAD_ACTION', 'SKIPPED', 'SKIPPED']);
    expect(sum(await remote.step(one))).toBe(2);
    expect(remote.session.ledger.fault).toBeUndefined();
  });

  test('an ended env breaks the chain when that was asked for', async () => {
    await using served = await serveAndDial(createCounter({ episodeSteps: 2 }));
    const { remote } = served;
    await remote.reset();
    const results = await Promise.allSettled([1, 2, 3].map(() => remote.step(one, { onEnd: 'break' })));
    expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'rejected']);
    expect(results[2]).toMatchObject({ reason: { code: 'SKIPPED' } });
    expect(sum(await remote.reset())).toBe(0);
  });

  test('a stepMany that fails gives the frames before the failure', async () => {
    await using served = await serveAndDial(createCounter({ episodeSteps: 2 }));
    await served.remote.reset();
    await expect(served.remote.stepMany!([one, one, one, one])).rejects.toMatchObject({
      code: 'BAD_ACTION',
      details: { frames: [expect.anything(), expect.anything()] },
    });
  });

  test('calls after the close fail with CLOSED', async () => {
    const served = await serveAndDial(createCounter());
    await served[Symbol.asyncDispose]();
    await expect(served.remote.step(one)).rejects.toMatchObject({ code: 'CLOSED' });
  });
});

describe('what a caller may do with its arrays and calls', () => {
  test('calls that wait for credit behind an error are skipped with those that were sent', async () => {
    await using served = await serveAndDial(createCounter());
    const { remote } = served;
    await remote.reset();
    const results = await Promise.allSettled([
      remote.step(f64([NaN], [1, 1])),
      ...Array.from({ length: 99 }, () => remote.step(one)),
    ]);
    expect(results.filter(({ status }) => status === 'fulfilled')).toEqual([]);
    expect(sum(await remote.step(one))).toBe(1);
  });

  test('an action’s buffer may be filled anew as soon as the call returned', async () => {
    await using served = await serveAndDial(createCounter());
    const { remote } = served;
    await remote.reset();
    const action = f64([0], [1, 1]);
    const frames = [];
    for (let i = 1; i <= 50; i++) {
      action.data[0] = i as never;
      frames.push(remote.step(action));
    }
    expect(sum((await Promise.all(frames)).at(-1)!)).toBe((50 * 51) / 2);
    for (let i = 1; i <= 50; i++) {
      action.data[0] = i as never;
      await remote.step(action);
    }
    await remote.step(one);
    remote.session.ledger.verify();
  });

  test('envs in another order come back as the rows that they are', async () => {
    await using served = await serveAndDial(createCounter({ envs: 2 }));
    const { remote } = served;
    await remote.reset();
    const frame = await remote.step(f64([10, 20], [2, 1]), { envs: Int32Array.of(1, 0) });
    expect([...frame.envs]).toEqual([1, 0]);
    expect([...(frame.observations as Tensor).data]).toEqual([10, 20]);
    expect([...(await remote.getState!()).entities.counter!.joint_pos!.data]).toEqual([20, 10]);
  });

  test('a list of seeds has one for each row', async () => {
    await using served = await serveAndDial(createCounter({ envs: 2 }));
    await expect(served.remote.reset({ seed: [1] })).rejects.toMatchObject({
      code: 'BAD_ARGUMENT',
      message: '1 seeds were given for 2 envs',
    });
    await served.remote.reset({ seed: [1, 2] });
  });

  test.each([0, -1, 1.5, NaN, 2 ** 32])('repeat %d is refused, and nothing is stepped', async (repeat) => {
    await using served = await serveAndDial(createCounter());
    await served.remote.reset();
    await expect(served.remote.step(one, { repeat })).rejects.toMatchObject({ code: 'BAD_ARGUMENT' });
    expect(sum(await served.remote.step(one, { repeat: 2 }))).toBe(2);
  });

  test('a seed that is none is refused by the promise', async () => {
    await using served = await serveAndDial(createCounter());
    await expect(served.remote.reset({ seed: -1 })).rejects.toMatchObject({ code: 'BAD_ARGUMENT' });
  });
});
