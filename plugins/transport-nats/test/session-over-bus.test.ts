import { setTimeout as sleep } from 'node:timers/promises';
import { jsonCodec } from '@farsim/codec-json';
import { protobufCodec } from '@farsim/codec-protobuf';
import {
  createCounter,
  createRemoteSimulator,
  dialSession,
  f64,
  serve,
  type Frame,
  type RemoteSimulator,
  type SimulatorService,
  type Tensor,
} from '@farsim/core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startNatsServer, type NatsServer } from '../../../test/nats/start-nats-server.ts';
import { openNatsTransport, type NatsTransport } from '../src/nats-transport.ts';

const codecs = [protobufCodec, jsonCodec];
const one = f64([1], [1, 1]);
const sum = ({ observations }: Frame): number => (observations as Tensor).data[0] as number;

let server: NatsServer;
let near: NatsTransport;
let far: NatsTransport;
beforeAll(async () => {
  server = await startNatsServer();
  near = await openNatsTransport({ servers: server.url });
  far = await openNatsTransport({ servers: server.url });
});
afterAll(async () => {
  await near[Symbol.asyncDispose]();
  await far[Symbol.asyncDispose]();
  await server[Symbol.asyncDispose]();
});

async function openRemote({ address, token }: SimulatorService, client: string): Promise<RemoteSimulator> {
  const session = await dialSession({
    connect: (to) => near.connect(to),
    address,
    token,
    codec: protobufCodec,
    identity: { client, user: `${client}@here` },
    graceMs: 20_000,
  });
  return createRemoteSimulator(session, () => session[Symbol.asyncDispose]());
}

describe('a counter served over a bus', () => {
  test('applies 1,000 steps once each, in order, and both ledgers agree', async () => {
    await using service = await serve({
      simulator: createCounter(),
      transport: far,
      address: 'subject:plant',
      codecs,
    });
    expect(service.address).toBe('subject:plant');
    await using remote = await openRemote(service, 'first');
    await remote.reset({ want: { state: true } });
    for (let step = 1; step <= 1_000; step++) expect(sum(await remote.step(one))).toBe(step);
    const frames = await Promise.all(Array.from({ length: 200 }, () => remote.step(one)));
    expect(frames.map(sum)).toEqual(Array.from({ length: 200 }, (_, i) => 1_001 + i));
    expect(remote.session.ledger.head().index).toBe(1_201);
    expect(remote.session.ledger.fault).toBeUndefined();
  });
  test('gives observations larger than a message unchanged', async () => {
    const [envs, size] = [20, 20_000];
    await using service = await serve({
      simulator: createCounter({ envs, size }),
      transport: far,
      address: 'subject:wide',
      codecs,
    });
    await using remote = await openRemote(service, 'first');
    await remote.reset();
    const action = f64(
      Array.from({ length: envs * size }, (_, i) => i),
      [envs, size],
    );
    await remote.step(action);
    const frame = await remote.step(action);
    expect((frame.observations as Tensor).data.every((value, i) => value === 2 * i)).toBe(true);
    await remote.step(action);
    expect(remote.session.ledger.fault).toBeUndefined();
  });
  test('refuses a wrong token, and a second controller with the owner’s name', async () => {
    await using service = await serve({
      simulator: createCounter(),
      transport: far,
      address: 'subject:owned',
      codecs,
    });
    await expect(openRemote({ ...service, token: '00'.repeat(32) }, 'thief')).rejects.toMatchObject({
      code: 'TOKEN_REFUSED',
    });
    await using remote = await openRemote(service, 'first');
    await expect(openRemote(service, 'second')).rejects.toMatchObject({
      code: 'BUSY',
      message: expect.stringContaining('first@here'),
    });
    await remote.reset();
  });
});

/** What happens to the server in the middle of the steps. */
const disturbances: [string, () => Promise<void>][] = [
  [
    'is killed and started again',
    () =>
      server
        .kill()
        .then(() => sleep(500))
        .then(() => server.restart()),
  ],
  [
    'stands still for 4 s',
    async () => {
      server.signal('SIGSTOP');
      await sleep(4_000);
      server.signal('SIGCONT');
    },
  ],
];
test.each(disturbances)(
  'a session whose server %s goes on: each step once, equal ledgers',
  async (_, disturb) => {
    await using service = await serve({
      simulator: createCounter(),
      transport: far,
      address: 'subject:stubborn',
      codecs,
    });
    await using remote = await openRemote(service, 'first');
    await remote.reset();
    const sums: number[] = [];
    let disturbed = false;
    const stepping = (async () => {
      while (!disturbed || sums.length < 1_000) {
        const frames = await Promise.all(Array.from({ length: 32 }, () => remote.step(one)));
        sums.push(...frames.map(sum));
      }
    })();
    await sleep(50);
    const before = sums.length;
    await disturb();
    disturbed = true;
    await stepping;
    expect(before).toBeGreaterThan(0);
    expect(sums).toEqual(sums.map((_sum, i) => i + 1));
    await remote.step(one);
    remote.session.ledger.verify();
    expect(remote.session.ledger.head().index).toBe(sums.length + 2);
  },
);
