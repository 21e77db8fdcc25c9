import { protobufCodec } from '@farsim/codec-protobuf';
import {
  createCounter,
  createRemoteSimulator,
  dialSession,
  observeSession,
  serve,
  startBridge,
  type SessionAddress,
} from '@farsim/core';
import { describe, expect, test } from 'vitest';
import { counterOrder, openLocalTransport } from './open-far.ts';
import { one, sumOf } from './faults/stepping.ts';

type Served = AsyncDisposable & { readonly where: SessionAddress };

const servers: Readonly<Record<string, () => Promise<Served>>> = {
  'the Python bridge': async () => {
    const transport = await openLocalTransport();
    const { address, token, down } = await startBridge(transport.host!, await counterOrder());
    const connect = transport.connect!.bind(transport);
    return {
      where: { connect, address, token, codec: protobufCodec },
      async [Symbol.asyncDispose]() {
        await down();
        await transport[Symbol.asyncDispose]();
      },
    };
  },
  'serve in TypeScript': async () => {
    const transport = await openLocalTransport();
    const simulator = createCounter();
    const address = 'tcp:127.0.0.1:0';
    const service = await serve({ simulator, transport, address, codecs: [protobufCodec] });
    const connect = transport.connect!.bind(transport);
    return {
      where: { connect, address: service.address, token: service.token, codec: protobufCodec },
      async [Symbol.asyncDispose]() {
        await service[Symbol.asyncDispose]();
        await transport[Symbol.asyncDispose]();
      },
    };
  },
};

describe.each(Object.entries(servers))('an observer of a session of %s', (_, open) => {
  test('sees what resets and steps gave, in order, and its controller steps on', async () => {
    await using served = await open();
    const session = await dialSession(served.where);
    await using simulator = createRemoteSimulator(session, () => session[Symbol.asyncDispose]());
    const observation = await observeSession(served.where);
    expect(observation.spec).toEqual(simulator.spec);
    const seen: number[] = [];
    const watching = (async () => {
      for await (const frame of observation.frames) if (seen.push(sumOf(frame)) === 4) break;
    })();
    await simulator.reset();
    await simulator.getState!();
    for (let step = 1; seen.length < 4; step++) expect(sumOf(await simulator.step(one))).toBe(step);
    await watching;
    expect(seen).toEqual(seen.toSorted((a, b) => a - b));
    await observation[Symbol.asyncDispose]();
    await simulator.step(one);
    expect(session.ledger.fault).toBeUndefined();
  });

  test('who reads nothing misses frames and holds nothing up', async () => {
    await using served = await open();
    const session = await dialSession(served.where);
    await using simulator = createRemoteSimulator(session, () => session[Symbol.asyncDispose]());
    await using observation = await observeSession(served.where);
    await simulator.reset();
    for (let step = 1; step <= 2_000; step++) await simulator.step(one);
    expect(sumOf(await simulator.step(one))).toBe(2_001);
    expect(observation.spec.num_envs).toBe(1);
  });

  test('a wrong token sees nothing', async () => {
    await using served = await open();
    const observing = observeSession({ ...served.where, token: '00'.repeat(32) });
    await expect(observing).rejects.toMatchObject({ code: 'TOKEN_REFUSED' });
  });
});
