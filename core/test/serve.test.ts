import { createMemoryTransport } from './memory-transport.ts';
import { jsonCodec } from '@farsim/codec-json';
import { protobufCodec } from '@farsim/codec-protobuf';
import { describe, expect, test } from 'vitest';
import { Role } from '../src/model/messages.ts';
import type { Simulator } from '../src/ports/simulator.ts';
import { f64, tensorsEqual, type Tensor } from '../src/model/tensor.ts';
import type { Codec } from '../src/ports/codec.ts';
import { createMemoryChannels } from '../src/session/channels/memory-channel.ts';
import { dialSession } from '../src/remote/session/dial-session.ts';
import { createRemoteSimulator, type RemoteSimulator } from '../src/remote/session/remote-simulator.ts';
import { serve, type SimulatorService } from '../src/remote/serve/serve.ts';
import { ControlLink } from '../src/session/client/control-link.ts';
import { greet } from '../src/session/handshake.ts';
import { createCounter } from '../src/simulators/counter.ts';

const codecs = [protobufCodec, jsonCodec];

interface Served extends AsyncDisposable {
  readonly service: SimulatorService;
  readonly remote: RemoteSimulator;
  dial(client: string, token?: string, takeOver?: boolean): Promise<ControlLink>;
  open(client: string): Promise<RemoteSimulator>;
}

async function serveAndDial(simulator: Simulator, codec: Codec = protobufCodec): Promise<Served> {
  const transport = createMemoryTransport();
  const service = await serve({ simulator, transport, address: 'memory', codecs });
  const dial = async (client: string, token = service.token, takeOver = false): Promise<ControlLink> =>
    new ControlLink(
      await greet(await transport.connect(), {
        client,
        user: `${client}@here`,
        codec,
        token,
        role: Role.control,
        takeOver,
      }),
      codec,
    );
  const open = async (client: string): Promise<RemoteSimulator> => {
    const session = await dialSession({
      connect: () => transport.connect(),
      address: service.address,
      token: service.token,
      codec,
      identity: { client, user: `${client}@here` },
      graceMs: 10_000,
    });
    return createRemoteSimulator(session, () => session[Symbol.asyncDispose]());
  };
  const remote = await open('first');
  return {
    service,
    remote,
    dial,
    open,
    async [Symbol.asyncDispose]() {
      await remote[Symbol.asyncDispose]();
      await service[Symbol.asyncDispose]();
    },
  };
}

const one = f64([1], [1, 1]);
const sum = (frame: { observations: unknown }): number => (frame.observations as Tensor).data[0] as number;

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

test('a simulator whose spec no message carries is refused before anybody can dial it', async () => {
  const { [Symbol.asyncDispose]: _, ...counter } = createCounter({ envs: 1 });
  const spec = { ...counter.spec, task: 'x'.repeat(1 << 20) };
  const simulator = { ...counter, spec, [Symbol.asyncDispose]: async () => undefined };
  await expect(serveAndDial(simulator)).rejects.toMatchObject({
    code: 'START_FAILED',
    message: expect.stringMatching(/comes to 102\d KiB of JSON, over the limit of 1024 KiB$/),
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

  test('a wrong token is refused, and its holder learns nothing else', async () => {
    await using served = await serveAndDial(createCounter());
    await expect(served.dial('thief', '00'.repeat(32))).rejects.toMatchObject({ code: 'TOKEN_REFUSED' });
  });

  test('a second controller gets BUSY with the owner, and a take-over fences the first', async () => {
    await using served = await serveAndDial(createCounter());
    await expect(served.dial('second')).rejects.toMatchObject({
      code: 'BUSY',
      message: expect.stringContaining('first@here'),
    });
    await using second = await served.dial('second', undefined, true);
    expect(second.welcome.fence).toBe(2);
    await expect(served.remote.step(one)).rejects.toMatchObject({ code: 'FENCED' });
  });

  test('a far model whose files would leave their folder is refused', async () => {
    const counter = createCounter();
    const files = new Map([['../../.profile', new Uint8Array(1)]]);
    const hostile: Simulator = Object.assign(counter, {
      spec: { ...counter.spec, capabilities: [...counter.spec.capabilities, 'model' as const] },
      model: async () => ({ entry: '../../.profile', files }),
    });
    await using served = await serveAndDial(hostile);
    await expect(served.remote.model!()).rejects.toMatchObject({ code: 'PATH_REFUSED' });
  });

  test('a far model’s files keep their names, percent signs included', async () => {
    const counter = createCounter();
    const files = new Map([['a%2Fb/50%.xml', Uint8Array.of(1)]]);
    const named: Simulator = Object.assign(counter, {
      spec: { ...counter.spec, capabilities: [...counter.spec.capabilities, 'model' as const] },
      model: async () => ({ entry: 'a%2Fb/50%.xml', files }),
    });
    await using served = await serveAndDial(named);
    expect([...(await served.remote.model!()).files.keys()]).toEqual(['a%2Fb/50%.xml']);
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

  test('a seed that is none is refused by the promise', async () => {
    await using served = await serveAndDial(createCounter());
    await expect(served.remote.reset({ seed: -1 })).rejects.toMatchObject({ code: 'BAD_ARGUMENT' });
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

  test('a session that its client closes ends at once, without another dial', async () => {
    const transport = createMemoryTransport();
    await using service = await serve({ simulator: createCounter(), transport, address: 'memory', codecs });
    let dials = 0;
    const connect = async () => (dials++, transport.connect());
    const { address, token } = service;
    const session = await dialSession({ connect, address, token, codec: protobufCodec, graceMs: 60_000 });
    await session.control.close(5_000);
    await session[Symbol.asyncDispose]();
    expect(dials).toBe(2);
  }, 4_000);
});

describe('strangers and successors', () => {
  test('connections that say nothing use up nothing once they are gone', async () => {
    const transport = createMemoryTransport();
    await using service = await serve({
      simulator: createCounter(),
      transport,
      address: 'memory',
      codecs,
    });
    const silent = await Promise.all(Array.from({ length: 40 }, () => transport.connect()));
    await Promise.all(silent.map((channel) => channel[Symbol.asyncDispose]()));
    const greeting = { client: 'late', user: 'late@here', codec: protobufCodec, token: service.token };
    const { channel, welcome } = await greet(await transport.connect(), { ...greeting, role: Role.control });
    expect(welcome.phase).toBe('ready');
    await channel[Symbol.asyncDispose]();
  });

  test('a client that comes after another goes on behind its numbers, and no reply of the other reaches it', async () => {
    await using served = await serveAndDial(createCounter());
    await served.remote.reset();
    await served.remote.step(f64([5], [1, 1]));
    await served.remote[Symbol.asyncDispose]();
    await using second = await served.open('second');
    expect(sum(await second.step(one))).toBe(6);
    for (let step = 0; step < 5; step++) await second.step(one);
    expect(sum(await second.step(one))).toBe(12);
    expect(second.session.ledger.fault).toBeUndefined();
  });
});

describe('a far side that says nothing', () => {
  const greeting = {
    client: 'first',
    user: 'first@here',
    codec: protobufCodec,
    token: '00'.repeat(32),
    role: Role.control,
  };

  test('is left at once when the caller aborts', async () => {
    const [near, far] = createMemoryChannels();
    const abort = new AbortController();
    const greeted = greet(near, { ...greeting, signal: abort.signal });
    abort.abort();
    await expect(greeted).rejects.toMatchObject({ code: 'INTERRUPTED' });
    await far.closed;
  });

  test('is left at the deadline', async () => {
    const [near, far] = createMemoryChannels();
    const greeted = greet(near, { ...greeting, deadlineMs: 20 });
    await expect(greeted).rejects.toMatchObject({ code: 'DEADLINE_EXCEEDED' });
    await far.closed;
  });
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
