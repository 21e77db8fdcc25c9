import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, expect, test } from 'vitest';
import { f64, openFarHost, type FarHost, type RemoteSimulator, type Transport } from '@farsim/core';
import { openCounter, openLocalTransport } from './open-far.ts';

const transport: Transport = await openLocalTransport();
const one = f64([1], [1, 1]);
const far: FarHost = await openFarHost(transport.host!, { signal: new AbortController().signal });

/** Counters of this test alone: no other order is equal. */
const env = { FARSIM_TEST_RUN: randomBytes(8).toString('hex') };
const opened = new Set<string>();
afterEach(async () => {
  for (const session of opened) await far.down(session).catch(() => undefined);
  opened.clear();
});

async function openOne(keep?: number, config: object = {}): Promise<RemoteSimulator> {
  const lease = { grace: 1, ...(keep !== undefined && { keep }) };
  const simulator = await openCounter(transport, { far: { env, lease }, config: { ...config } });
  opened.add(sessionOf(simulator));
  return simulator;
}

const sessionOf = ({ session }: RemoteSimulator): string => session.control.welcome.session;

function headOf({ session }: RemoteSimulator): { index: number; head: string } {
  const { index, head } = session.ledger.head();
  return { index, head: Buffer.from(head).toString('hex') };
}

async function shown(session: string): Promise<object | undefined> {
  return (await far.sessions()).find((entry) => entry.session === session);
}

test('a simulator that is kept is taken by the next client of an equal order, and by no other', async () => {
  const first = await openOne(60);
  await first.reset();
  await first.step(one);
  const session = sessionOf(first);
  const other = await openOne(undefined);
  expect(sessionOf(other)).not.toBe(session);
  await other[Symbol.asyncDispose]();
  await first[Symbol.asyncDispose]();
  expect(await shown(session)).toMatchObject({ warm: true, owner: '', phase: 'ready', applied: 2 });
  const different = await openOne(undefined, { envs: 2 });
  expect(sessionOf(different)).not.toBe(session);
  await different[Symbol.asyncDispose]();
  const second = await openOne();
  expect(sessionOf(second)).toBe(session);
  await second[Symbol.asyncDispose]();
  expect(await shown(session), 'it waits again').toMatchObject({ warm: true });
  const third = await openOne(0);
  expect(sessionOf(third)).toBe(session);
  await third[Symbol.asyncDispose]();
  expect(await shown(session)).toBeUndefined();
});

test('the ledger of a client that joined goes on after the entries of those before it', async () => {
  await using first = await openOne(60);
  await first.reset();
  for (let step = 0; step < 4; step++) await first.step(one);
  const before = headOf(first);
  await first[Symbol.asyncDispose]();
  const second = await openOne(0);
  expect(headOf(second)).toEqual(before);
  await second.reset();
  for (let step = 0; step < 20; step++) await second.step(one);
  await sleep(50);
  await second.step(one);
  second.session.ledger.verify();
  await sleep(50);
  expect(headOf(second)).toMatchObject({ index: 27 });
  expect(await shown(sessionOf(second))).toMatchObject({ ledger: headOf(second) });
  await second[Symbol.asyncDispose]();
});

const remakes = ['envs', 'size', 'fail_create'];

test('an order of another env in the same engine has it made by the one that waits, in the same process', async () => {
  const said: string[] = [];
  const order = { far: { env, lease: { grace: 1, keep: 60 } }, remakes };
  const first = await openCounter(transport, { ...order, config: { envs: 2 } });
  opened.add(sessionOf(first));
  await first.reset();
  const before = (await shown(sessionOf(first))) as { simulator: number };
  await first[Symbol.asyncDispose]();
  const progress = (line: string): void => void said.push(line);
  const second = await openCounter(transport, { ...order, config: { envs: 3, size: 2 }, progress });
  expect(sessionOf(second)).toBe(sessionOf(first));
  expect(await shown(sessionOf(second))).toMatchObject({ simulator: before.simulator, phase: 'ready' });
  expect(said).toContain(
    `plant: joining session ${sessionOf(first)}, which makes this env in the engine that runs`,
  );
  expect(said).toContain('plant: creating');
  expect(second.spec).toMatchObject({ num_envs: 3, actions: { '': { shape: [2] } } });
  expect((await second.reset()).tick).toEqual(new Uint32Array(3));
  await second.step(f64([1, 2, 3, 4, 5, 6], [3, 2]));
  second.session.ledger.verify();
  expect(second.session.ledger.head().index).toBe(2);
  await second[Symbol.asyncDispose]();
  // it is equal now to what made it anew, and another engine is another simulator
  const third = await openCounter(transport, { ...order, config: { envs: 3, size: 2 } });
  expect(sessionOf(third)).toBe(sessionOf(first));
  const other = await openCounter(transport, { ...order, config: { envs: 3, step_time: 0.001 } });
  opened.add(sessionOf(other));
  expect(sessionOf(other)).not.toBe(sessionOf(first));
  await Promise.all([third, other].map((simulator) => simulator[Symbol.asyncDispose]()));
});

test('an env that cannot be made in the engine that runs is made in a new one', async () => {
  const order = { far: { env, lease: { grace: 1, keep: 60 } }, remakes };
  const first = await openCounter(transport, order);
  opened.add(sessionOf(first));
  await first[Symbol.asyncDispose]();
  const said: string[] = [];
  const progress = (line: string): void => void said.push(line);
  const failing = openCounter(transport, { ...order, config: { fail_create: true }, progress });
  await expect(failing).rejects.toMatchObject({ code: 'START_FAILED' });
  expect(said.filter((line) => line.includes('could not be joined: START_FAILED'))).toHaveLength(1);
  // then came the new one's turn
  const given = said.findIndex((line) => line.includes('could not be joined'));
  expect(said.slice(given)).toContain('plant: creating');
});

test('two clients that come at once get one simulator each', async () => {
  const first = await openOne(60);
  const session = sessionOf(first);
  await first[Symbol.asyncDispose]();
  const both = await Promise.all([openOne(0), openOne(0)]);
  const sessions = both.map(sessionOf);
  expect(new Set(sessions).size).toBe(2);
  expect(sessions).toContain(session);
  for (const simulator of both) expect((await simulator.reset()).tick[0]).toBe(0);
  await Promise.all(both.map((simulator) => simulator[Symbol.asyncDispose]()));
});

test.each([
  ['by itself', []],
  ['behind a prefix', ['env', 'FARSIM_TEST_PREFIX=1']],
])(
  'a simulator %s that another client controls is taken over by an equal order that says so',
  async (_, launch) => {
    const order = { far: { env, launch, lease: { grace: 1 } } };
    const first = await openCounter(transport, order);
    const session = sessionOf(first);
    opened.add(session);
    await first.reset();
    await first.step(one);
    const other = await openCounter(transport, order);
    expect(sessionOf(other), 'it is not taken without that').not.toBe(session);
    const second = await openCounter(transport, { ...order, takeOver: true });
    expect([session, sessionOf(other)]).toContain(sessionOf(second));
    const [loser, kept] = sessionOf(second) === session ? [first, other] : [other, first];
    await expect(loser.reset()).rejects.toMatchObject({
      code: 'FENCED',
      message: expect.stringMatching(/took this simulator over$/),
    });
    await loser[Symbol.asyncDispose]();
    expect((await second.reset()).tick[0], 'the old owner ends nothing').toBe(0);
    expect((await second.step(one)).tick[0]).toBe(1);
    second.session.ledger.verify();
    await second[Symbol.asyncDispose]();
    expect(await shown(sessionOf(second)), 'it was kept for nobody').toBeUndefined();
    await kept[Symbol.asyncDispose]();
  },
);

test('an order that takes over starts its simulator where there is none, and prefers one that waits', async () => {
  const order = { far: { env, lease: { grace: 1, keep: 60 } }, takeOver: true };
  const first = await openCounter(transport, order);
  opened.add(sessionOf(first));
  await first[Symbol.asyncDispose]();
  const busy = await openCounter(transport, { ...order, takeOver: false });
  expect(sessionOf(busy)).toBe(sessionOf(first));
  const free = await openOne(60);
  await free[Symbol.asyncDispose]();
  const second = await openCounter(transport, { ...order, far: { env, lease: { grace: 1 } } });
  expect(sessionOf(second)).toBe(sessionOf(free));
  await second[Symbol.asyncDispose]();
  expect(await shown(sessionOf(free)), 'it waits again').toMatchObject({ warm: true });
  expect((await busy.reset()).tick[0]).toBe(0);
  await busy[Symbol.asyncDispose]();
});
