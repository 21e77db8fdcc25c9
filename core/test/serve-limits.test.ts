import { describe, expect, test } from 'vitest';
import { f64 } from '../src/model/tensor.ts';
import type { Simulator } from '../src/ports/simulator.ts';
import { createCounter } from '../src/simulators/counter.ts';
import { one, serveAndDial, sum } from './fixtures/serve-and-dial.ts';

test('a simulator whose spec no message carries is refused before anybody can dial it', async () => {
  const { [Symbol.asyncDispose]: _, ...counter } = createCounter({ envs: 1 });
  const spec = { ...counter.spec, task: 'x'.repeat(1 << 20) };
  const simulator = { ...counter, spec, [Symbol.asyncDispose]: async () => undefined };
  await expect(serveAndDial(simulator)).rejects.toMatchObject({
    code: 'START_FAILED',
    message: expect.stringMatching(/comes to 102\d KiB of JSON, over the limit of 1024 KiB$/),
  });
});

describe('a reply that cannot be sent', () => {
  test('tells so instead: the link lives, both ledgers agree, and the next call is answered', async () => {
    const counter = createCounter();
    let long = false;
    const talkative: Simulator = {
      ...counter,
      spec: counter.spec,
      reset: (options) => counter.reset(options),
      async step(action, options) {
        const frame = await counter.step(action, options);
        return long ? { ...frame, info: { ...frame.info, values: { text: 'x'.repeat(1 << 20) } } } : frame;
      },
      [Symbol.asyncDispose]: () => counter[Symbol.asyncDispose](),
    };
    await using served = await serveAndDial(talkative);
    const { remote } = served;
    await remote.reset();
    long = true;
    await expect(remote.step(one)).rejects.toMatchObject({ code: 'LIMIT_EXCEEDED' });
    long = false;
    expect(sum(await remote.step(one))).toBe(2);
    await remote.step(one);
    remote.session.ledger.verify();
  });
});

test('a scene of more meshes than one layout has tensors, and more text than a header holds, comes whole', async () => {
  const counter = createCounter();
  const shapes = Array.from({ length: 6000 }, (_, i) => ({
    body: 'world',
    type: 'mesh' as const,
    size: [],
    pos: [i, 0, 0] as const,
    quat: [1, 0, 0, 0] as const,
    rgba: [1, 1, 1, 1] as const,
    vertices: f64([0, 0, 0, 1, 0, 0, 0, 1, i], [3, 3]),
    indices: { dtype: 'u32' as const, shape: [1, 3], data: Uint32Array.of(0, 1, 2) },
  }));
  const scenic: Simulator = {
    ...counter,
    spec: { ...counter.spec, capabilities: [...counter.spec.capabilities, 'visuals'] },
    reset: (options) => counter.reset(options),
    visuals: async () => ({ shapes }),
    [Symbol.asyncDispose]: () => counter[Symbol.asyncDispose](),
  };
  await using served = await serveAndDial(scenic);
  expect((await served.remote.visuals!()).shapes[5999]).toMatchObject(shapes[5999]!);
});

describe('calls that cannot be sent', () => {
  const tooLarge = { options: { text: 'x'.repeat(2 << 20) } };

  test('fail alone: the link lives, and the next call is answered', async () => {
    await using served = await serveAndDial(createCounter());
    await served.remote.reset();
    await expect(served.remote.reset(tooLarge)).rejects.toMatchObject({ code: 'LIMIT_EXCEEDED' });
    expect(sum(await served.remote.step(one))).toBe(1);
  });

  test('give their turn to those that wait behind them for credit', async () => {
    await using served = await serveAndDial(createCounter());
    const { remote } = served;
    await remote.reset();
    const first = Array.from({ length: remote.session.depth }, () => remote.step(one));
    const bad = first.map(() => remote.reset(tooLarge).catch(({ code }: { code: string }) => code));
    const last = remote.step(one);
    expect(new Set(await Promise.all(bad))).toEqual(new Set(['LIMIT_EXCEEDED']));
    expect(sum(await last)).toBe(remote.session.depth + 1);
    await Promise.all(first);
  }, 5_000);

  test('an array that no layout can hold is refused here', async () => {
    await using served = await serveAndDial(createCounter());
    const joint_pos = f64([0], [1, 1]);
    const entities = Object.fromEntries(Array.from({ length: 1025 }, (_, i) => [`box_${i}`, { joint_pos }]));
    await expect(served.remote.setState!({ entities })).rejects.toMatchObject({
      code: 'LIMIT_EXCEEDED',
      message: expect.stringContaining('1025 arrays'),
    });
    await expect(
      served.remote.reset({ state: { entities: { ['x'.repeat(300)]: { joint_pos } } } }),
    ).rejects.toMatchObject({
      code: 'LIMIT_EXCEEDED',
    });
    await served.remote.reset();
  });
});

describe('a far model', () => {
  test('whose files would leave their folder is refused', async () => {
    const counter = createCounter();
    const files = new Map([['../../.profile', new Uint8Array(1)]]);
    const hostile: Simulator = Object.assign(counter, {
      spec: { ...counter.spec, capabilities: [...counter.spec.capabilities, 'model' as const] },
      model: async () => ({ entry: '../../.profile', files }),
    });
    await using served = await serveAndDial(hostile);
    await expect(served.remote.model!()).rejects.toMatchObject({ code: 'PATH_REFUSED' });
  });

  test('keeps its files’ names, percent signs included', async () => {
    const counter = createCounter();
    const files = new Map([['a%2Fb/50%.xml', Uint8Array.of(1)]]);
    const named: Simulator = Object.assign(counter, {
      spec: { ...counter.spec, capabilities: [...counter.spec.capabilities, 'model' as const] },
      model: async () => ({ entry: 'a%2Fb/50%.xml', files }),
    });
    await using served = await serveAndDial(named);
    expect([...(await served.remote.model!()).files.keys()]).toEqual(['a%2Fb/50%.xml']);
  });
});
