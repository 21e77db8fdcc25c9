import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { f64, type RemoteSimulator, type Tensor } from '@farsim/core';
import { connect, nkeys } from '@nats-io/transport-node';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { messageKinds } from '../plugins/transport-nats/src/bus-message.ts';
import { openNatsTransport, type NatsTransport } from '../plugins/transport-nats/src/nats-transport.ts';
import { joinOverBus, makePython, relayOf, runs, startOnBus } from './far-over-bus.ts';
import { one, stepAtDepth } from './faults/stepping.ts';
import { makeNatsAccount } from './nats/make-nats-account.ts';
import { startNatsServer, type NatsServer } from './nats/start-nats-server.ts';
import { watchOverBus } from './watch-over-bus.ts';
import { sendSignal } from './send-signal.ts';

let server: NatsServer;
let near: NatsTransport;
beforeAll(async () => {
  server = await startNatsServer();
  near = await openNatsTransport({ servers: server.url });
});
afterAll(async () => {
  await near[Symbol.asyncDispose]();
  await server[Symbol.asyncDispose]();
});

async function expectUndisturbed(simulator: RemoteSimulator, steps: number): Promise<void> {
  await simulator.step(one);
  simulator.session.ledger.verify();
  expect(simulator.session.ledger.head().index).toBe(steps + 2);
}

const upTo = (count: number): number[] => Array.from({ length: count }, (_, i) => i + 1);

describe('a far bridge that is reached over a bus alone', () => {
  test('applies 1,000 steps at depth 32 once each, in order, and both ledgers agree', async () => {
    await using far = await startOnBus({ nats: { servers: server.url } });
    await using simulator = await joinOverBus(near, far);
    await simulator.reset();
    expect(await stepAtDepth(simulator, 1_000, 32)).toEqual(upTo(1_000));
    await expectUndisturbed(simulator, 1_000);
  });

  test('answers a close when nothing is left of it, and its relay ends last', async () => {
    await using far = await startOnBus({ nats: { servers: server.url } });
    const relay = relayOf(far);
    const simulator = await joinOverBus(near, far);
    await simulator.session.control.close(20_000);
    expect(await simulator.session.control.ended).toMatchObject({ code: 'CLOSED' });
    await simulator.session[Symbol.asyncDispose]();
    await expect.poll(() => runs(relay)).toBe(false);
  });

  test('refuses a wrong token, and a second controller', async () => {
    await using far = await startOnBus({ nats: { servers: server.url } });
    await expect(joinOverBus(near, { ...far, token: '00'.repeat(32) })).rejects.toMatchObject({
      code: 'TOKEN_REFUSED',
    });
    await using simulator = await joinOverBus(near, far);
    await expect(joinOverBus(near, far)).rejects.toMatchObject({ code: 'BUSY' });
    await simulator.reset();
  });

  test('goes on when its relay was killed: another takes its place', async () => {
    await using far = await startOnBus({ nats: { servers: server.url } });
    await using simulator = await joinOverBus(near, far);
    await simulator.reset();
    expect(await stepAtDepth(simulator, 50, 8)).toEqual(upTo(50));
    process.kill(relayOf(far), 'SIGKILL');
    expect(await stepAtDepth(simulator, 50, 8)).toEqual(upTo(100).slice(50));
    await expectUndisturbed(simulator, 100);
  });

  test('steps past its relay, which says each second that the connection is held', async () => {
    await using far = await startOnBus({ nats: { servers: server.url } });
    await using simulator = await joinOverBus(near, far);
    await simulator.reset();
    const relay = relayOf(far);
    sendSignal(relay, 'SIGSTOP');
    try {
      expect(await stepAtDepth(simulator, 200, 8)).toEqual(upTo(200));
    } finally {
      process.kill(relay, 'SIGCONT');
    }
    await using connection = await connect({ servers: server.url });
    for await (const { data } of connection.subscribe(`farsim.${far.name}.*.down`))
      if (data[0] === messageKinds.held) break;
    await expectUndisturbed(simulator, 200);
  });

  test('gives replies of 5 MB whole', async () => {
    const order = { config: { payload_bytes: 5_000_000 } };
    await using far = await startOnBus({ nats: { servers: server.url }, order });
    await using simulator = await joinOverBus(near, far);
    await simulator.reset();
    for (let step = 1; step <= 3; step++) {
      const { observations } = await simulator.step(one);
      const { sum, pad } = observations as Record<string, Tensor>;
      expect([sum!.data[0], pad!.data.length]).toEqual([step, 5_000_000]);
    }
    simulator.session.ledger.verify();
  });

  test('gives observations larger than a message unchanged', async () => {
    const config = { envs: 20, size: 20_000 };
    await using far = await startOnBus({ nats: { servers: server.url }, order: { config } });
    await using simulator = await joinOverBus(near, far);
    await simulator.reset();
    const data = Float64Array.from({ length: config.envs * config.size }, (_, i) => i);
    const action = { dtype: 'f64', shape: [config.envs, config.size], data } as const;
    await simulator.step(action);
    const { observations } = await simulator.step(action);
    expect((observations as typeof action).data.every((value, i) => value === 2 * i)).toBe(true);
    simulator.session.ledger.verify();
  });
});

/** What happens to the server, and how it comes back. */
const disturbances: [string, (disturbed: NatsServer) => Promise<void>][] = [
  [
    'is killed and comes back after 3 s',
    (disturbed) =>
      disturbed
        .kill()
        .then(() => sleep(3_000))
        .then(() => disturbed.restart()),
  ],
  [
    'stands still for 5 s',
    async (disturbed) => {
      disturbed.signal('SIGSTOP');
      await sleep(5_000);
      disturbed.signal('SIGCONT');
    },
  ],
];
test.concurrent.each(disturbances)(
  'a session whose server %s is resumed on its return: each step once, equal ledgers',
  async (_, disturb) => {
    await using own = await startNatsServer();
    await using transport = await openNatsTransport({ servers: own.url });
    await using far = await startOnBus({ nats: { servers: own.url } });
    await using simulator = await joinOverBus(transport, far);
    await simulator.reset();
    const sums = await stepAtDepth(simulator, 100, 32);
    const disturbed = disturb(own).then(() => performance.now());
    await sleep(100);
    const stepping = stepAtDepth(simulator, 200, 32);
    const back = await disturbed;
    sums.push(...(await stepping));
    expect(performance.now() - back).toBeLessThan(10_000);
    expect(sums).toEqual(upTo(300));
    await expectUndisturbed(simulator, 300);
  },
);

describe('before anything is started', () => {
  const refusals: [string, string, RegExp, object, (() => Promise<NatsServer>)?][] = [
    ['no server', 'HOST_UNREACHABLE', /nothing listens there/, { servers: 'nats://127.0.0.1:1' }],
    [
      'a wrong password',
      'LOGIN_REFUSED',
      /refused the login/,
      { user: 'sim', password: 'wrong' },
      () => startNatsServer({ config: ['authorization { user: sim, password: right }'] }),
    ],
    [
      'a subject that the login may not use',
      'LOGIN_REFUSED',
      /does not let this login subscribe to farsim\.plant\.[0-9a-f]{32}\.up/,
      { user: 'sim', password: 'right' },
      () =>
        startNatsServer({
          config: [
            'authorization { users: [{ user: sim, password: right, permissions: {',
            'publish: "farsim.>", subscribe: ["farsim.plant.open", "farsim.plant.*.down"] } }] }',
          ],
        }),
    ],
    [
      'a server whose certificate nobody vouches for',
      'HOST_UNREACHABLE',
      /TLS with the NATS server .* failed/,
      { tls: {} },
      () => startNatsServer({ tls: 'server' }),
    ],
    ['a password without a user', 'CONFIG_INVALID', /needs a `user`/, { password: 'x' }],
    ['a login in an address', 'CONFIG_INVALID', /does not belong/, { servers: 'nats://me:secret@bus' }],
    ['a key that nothing reads', 'UNKNOWN_KEY', /'pasword'/, { pasword: 'x' }],
    ['a file that is not there', 'FILE_NOT_FOUND', /passwordFile/, { user: 'x', passwordFile: '/none' }],
  ];
  test.each(refusals)('%s is refused as %s', async (_what, code, sentence, nats, start) => {
    await using own = await start?.();
    await using far = await startOnBus({ nats: { ...(own && { servers: own.url }), ...nats } });
    expect(far.line.error).toMatchObject({ code, message: expect.stringMatching(sentence) });
    expect(JSON.stringify(far.line)).not.toContain('secret');
    expect(far.exitCode).toBe(3);
  });

  test('credentials that this Python cannot sign with are refused as UNSUPPORTED, with the way out', async () => {
    const creds = path.join(server.folder, 'sim.creds');
    await writeFile(creds, makeNatsAccount().creds);
    await using far = await startOnBus({ nats: { servers: server.url, creds } });
    expect(far.line.error).toMatchObject({
      code: 'UNSUPPORTED',
      suggestions: expect.arrayContaining(['pip install nkeys']),
    });
  });

  test('credentials are signed with where the Python has `nkeys`; those of another operator are refused', async () => {
    const python = await makePython(['nkeys==0.2.1']);
    const [ours, theirs] = [makeNatsAccount(), makeNatsAccount()];
    await using own = await startNatsServer({ config: ours.config });
    const [creds, others] = [path.join(own.folder, 'sim.creds'), path.join(own.folder, 'others.creds')];
    await writeFile(creds, ours.creds);
    await writeFile(others, theirs.creds);
    await using far = await startOnBus({ nats: { servers: own.url, creds }, python });
    expect(far.line.error).toBeUndefined();
    await using transport = await openNatsTransport({ servers: own.url, creds });
    await using simulator = await joinOverBus(transport, far);
    await simulator.reset();
    expect(await stepAtDepth(simulator, 100, 8)).toEqual(upTo(100));
    await expectUndisturbed(simulator, 100);
    await using refused = await startOnBus({
      nats: { servers: own.url, creds: others },
      name: 'other',
      python,
    });
    expect(refused.line.error).toMatchObject({ code: 'LOGIN_REFUSED' });
    expect(JSON.stringify(refused.line)).not.toMatch(/SEED|eyJ/);
  });

  test('a key alone signs too', async () => {
    const python = await makePython(['nkeys==0.2.1']);
    const pair = nkeys.createUser();
    const users = `{ nkey: ${pair.getPublicKey()} }, { user: me, password: secret }`;
    await using own = await startNatsServer({ config: [`authorization { users = [ ${users} ] }`] });
    const nkey = path.join(own.folder, 'sim.nk');
    await writeFile(nkey, Buffer.from(pair.getSeed()));
    await using far = await startOnBus({ nats: { servers: own.url, nkey }, python });
    expect(far.line.error).toBeUndefined();
    await using transport = await openNatsTransport({ servers: own.url, user: 'me', password: 'secret' });
    await using simulator = await joinOverBus(transport, far);
    expect((await simulator.reset()).tick[0]).toBe(0);
  });

  test('a name under which another listens is refused', async () => {
    const nats = { servers: server.url };
    await using first = await startOnBus({ nats, name: 'taken' });
    expect(first.line.error).toBeUndefined();
    await using second = await startOnBus({ nats, name: 'taken' });
    expect(second.line.error).toMatchObject({ code: 'BAD_ARGUMENT' });
  });
});

test('each side needs no more permissions than the guide gives it', async () => {
  const guide = await readFile(new URL('../docs/guide-message-bus.md', import.meta.url), 'utf8');
  const authorization = /^authorization \{\n.*?^\}/ms.exec(guide)![0];
  const config = authorization.replace('$SIM', 'far').replace('$ME', 'near').split('\n');
  await using own = await startNatsServer({ config });
  await using far = await startOnBus({ nats: { servers: own.url, user: 'sim', password: 'far' } });
  await using transport = await openNatsTransport({ servers: own.url, user: 'me', password: 'near' });
  await using simulator = await joinOverBus(transport, far);
  await simulator.reset();
  expect(await stepAtDepth(simulator, 100, 8)).toEqual(upTo(100));
  await expect(joinOverBus(transport, { ...far, name: 'other' })).rejects.toMatchObject({
    code: 'LOGIN_REFUSED',
  });
});

test('a far bridge proves its own certificate and a password from a file over TLS', async () => {
  await using own = await startNatsServer({
    tls: 'verify',
    config: ['authorization { user: sim, password: right }'],
  });
  const tls = { ca: own.ca, cert: own.clientCert, key: own.clientKey };
  const passwordFile = path.join(own.folder, 'password');
  await writeFile(passwordFile, 'right\n');
  const servers = `tls://127.0.0.1:${own.port}`;
  await using far = await startOnBus({ nats: { servers, tls, user: 'sim', passwordFile } });
  await using transport = await openNatsTransport({ servers, tls, user: 'sim', password: 'right' });
  await using simulator = await joinOverBus(transport, far);
  await simulator.reset();
  expect(await stepAtDepth(simulator, 200, 32)).toEqual(upTo(200));
  await expectUndisturbed(simulator, 200);
});

describe('frames for watchers', () => {
  test('are published while somebody steps, the newest at last, and slow no step', async () => {
    await using far = await startOnBus({ nats: { servers: server.url, publish: true }, name: 'shown' });
    await using watch = await watchOverBus(server.url, 'farsim.shown.frames');
    await using simulator = await joinOverBus(near, far);
    await expect.poll(() => watch.specs.length).toBeGreaterThan(0);
    await simulator.reset();
    expect(await stepAtDepth(simulator, 1_000, 32)).toEqual(upTo(1_000));
    await expect.poll(() => watch.sums.at(-1)).toBe(1_000);
    expect(watch.sums).toEqual(watch.sums.toSorted((a, b) => a - b));
    expect(watch.sums.length).toBeLessThan(200);
    expect(JSON.parse(watch.specs[0]!)).toMatchObject({ sim: 'counter' });
  });

  test('larger than a message come whole', async () => {
    const config = { envs: 1, size: 12_000 };
    const order = { config };
    await using far = await startOnBus({
      nats: { servers: server.url, publish: true },
      name: 'large',
      order,
    });
    await using watch = await watchOverBus(server.url, 'farsim.large.frames');
    await using simulator = await joinOverBus(near, far);
    await expect.poll(() => watch.specs.length).toBeGreaterThan(0);
    await simulator.reset();
    await simulator.step(
      f64(
        Array.from({ length: config.size }, () => 7),
        [1, config.size],
      ),
    );
    await expect.poll(() => watch.sums.at(-1)).toBe(7);
  });

  test('are published only when the order says so', async () => {
    await using far = await startOnBus({ nats: { servers: server.url }, name: 'hidden' });
    await using watch = await watchOverBus(server.url, 'farsim.hidden.frames');
    await using simulator = await joinOverBus(near, far);
    await simulator.reset();
    await stepAtDepth(simulator, 100, 8);
    await sleep(1_500);
    expect(watch.messages).toBe(0);
  });
});
