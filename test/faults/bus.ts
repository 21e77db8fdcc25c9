import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import type { RemoteSimulator, Transport } from '@farsim/core';
import natsTransport from '@farsim/transport-nats';
import { joinOverBus, relayOf, startOnBus, type FarOverBus } from '../far-over-bus.ts';
import { startNatsServer, type NatsServer } from '../nats/start-nats-server.ts';
import { openContext } from '../open-far.ts';
import { farPids, type FarPids } from './far-sides.ts';
import { inflict, type FaultRow, type Scale } from './fault-row.ts';
import { one, sumOf } from './stepping.ts';
import { sendSignal } from '../send-signal.ts';

/** A bus with a far counter on it. */
interface Disturbed {
  readonly server: NatsServer;
  readonly far: FarOverBus;
  readonly near: Transport;
  readonly pids: FarPids;
}

const strangers = 6;

interface BusFault {
  readonly serverConfig?: readonly string[];
  readonly strike: (disturbed: Disturbed) => Promise<unknown> | void;
  readonly undo: (disturbed: Disturbed) => Promise<unknown> | void;
  /** What the client is told. */
  readonly notice: RegExp;
}

const killed: BusFault = {
  strike: ({ server }) => server.kill(),
  undo: ({ server }) => server.restart(),
  notice: /link lost/,
};
const frozen: BusFault = {
  strike: ({ server }) => server.signal('SIGSTOP'),
  undo: ({ server }) => server.signal('SIGCONT'),
  notice: /link lost/,
};
/** The far side stands still while strangers fill its relay's connection: the server cuts that off when 1 MiB waits for it. */
const slow: BusFault = {
  serverConfig: ['max_pending: 1048576'],
  strike: async ({ far, near, pids }) => {
    const channels = await Promise.all(
      Array.from({ length: strangers }, () => near.connect!(`subject:${far.name}`)),
    );
    for (const pid of [relayOf(far), pids.simulator]) sendSignal(pid, 'SIGSTOP');
    for (const channel of channels) channel.send([Buffer.alloc(8 << 20)]).catch(() => undefined);
  },
  undo: ({ far, pids }) => {
    for (const pid of [relayOf(far), pids.simulator]) process.kill(pid, 'SIGCONT');
  },
  notice: /link lost .*without a goodbye/,
};

/** Steps through one fault; gives the milliseconds from its end to the next answer. */
async function strikeOnce(fault: BusFault, { freezeMs, patience }: Scale): Promise<number> {
  await using server = await startNatsServer({ config: fault.serverConfig ?? [] });
  const config = natsTransport.config.parse({ servers: server.url });
  await using near = await natsTransport.open(config, openContext());
  await using far = await startOnBus({ nats: { servers: server.url } });
  const notices: { readonly at: number; readonly text: string }[] = [];
  const note = (text: string): void => void notices.push({ at: performance.now(), text });
  await using simulator = await joinOverBus(near, far, note);
  await simulator.reset();
  let steps = await stepTimes(simulator, 3, 0);
  const disturbed = { server, far, near, pids: await farPids(simulator) };
  const struckAt = performance.now();
  await fault.strike(disturbed);
  const stepping = stepTimes(simulator, 16, steps);
  stepping.catch(() => undefined);
  await sleep(freezeMs);
  const lost = notices[0];
  assert.ok(lost, 'nobody noticed');
  assert.match(lost.text, fault.notice);
  assert.ok(lost.at - struckAt <= 3_500 * patience, `noticed after ${Math.round(lost.at - struckAt)} ms`);
  await fault.undo(disturbed);
  const undoneAt = performance.now();
  steps = await stepping;
  const resumed = performance.now() - undoneAt;
  assert.ok(resumed <= 2_000 * patience, `resumed ${Math.round(resumed)} ms after the end of the fault`);
  steps = await stepTimes(simulator, 1, steps);
  simulator.session.ledger.verify();
  assert.equal(simulator.session.ledger.head().index, steps + 1);
  return resumed;
}

/** Makes so many more steps, all on their way together, after `before`; gives how many there were in all. */
async function stepTimes(simulator: RemoteSimulator, count: number, before: number): Promise<number> {
  const frames = await Promise.all(Array.from({ length: count }, () => simulator.step(one)));
  assert.deepEqual(
    frames.map(sumOf),
    Array.from({ length: count }, (_, i) => before + i + 1),
  );
  return before + count;
}

function row(fault: string, figure: string, inflicted: BusFault): FaultRow {
  return {
    id: 'R8',
    fault,
    full: 20,
    quick: 1,
    run: (count, scale) => inflict(count, figure, () => strikeOnce(inflicted, scale), 5),
  };
}

export const bus: readonly FaultRow[] = [
  row('the NATS server is killed', 'restart to the next answers', killed),
  row('the NATS server is frozen', 'return to the next answers', frozen),
  row('the far side is too slow for the NATS server', 'return to the next answers', slow),
];
