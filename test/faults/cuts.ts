import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { isFarsimError, randomNumbers, type RemoteSimulator } from '@farsim/core';
import { disturbedTransport } from '@farsim/core/testing';
import { openCounter, openLocalTransport, type FarOrder } from '../open-far.ts';
import { startSshd } from '../sshd/start-sshd.ts';
import { openBreakableLink, type BreakableLink } from './breakable-link.ts';
import { openSsh } from './far-sides.ts';
import { inflict, type FaultRow, type Scale } from './fault-row.ts';
import { assertUndisturbed, one, sessionGone, stepAtDepth, stepUntil } from './stepping.ts';

interface OverSsh {
  readonly simulator: RemoteSimulator;
  readonly link: BreakableLink;
  readonly notices: { readonly time: number; readonly text: string }[];
}

/** A counter over SSH through a relay that can fail. */
async function overSsh<T>(order: FarOrder, use: (far: OverSsh) => Promise<T>): Promise<T> {
  await using sshd = await startSshd();
  await using link = await openBreakableLink(sshd.port);
  await using transport = await openSsh(sshd, link.port);
  const notices: OverSsh['notices'] = [];
  const progress = (text: string): void => void notices.push({ time: performance.now(), text });
  await using simulator = await openCounter(transport, { ...order, progress });
  return await use({ simulator, link, notices });
}

async function cutOnce(i: number): Promise<number> {
  return overSsh({}, async ({ simulator, link }) => {
    await simulator.reset();
    let done = 0;
    let longest = 0;
    for (let cut = 0; cut < 4; cut++) {
      const stepping = stepAtDepth(simulator, 400, 8);
      await sleep((i * 13 + cut * 7) % 40);
      const began = performance.now();
      link.cut();
      const sums = await stepping;
      longest = Math.max(longest, performance.now() - began);
      assert.deepEqual(
        sums,
        Array.from({ length: 400 }, (_, k) => done + k + 1),
      );
      done += 400;
    }
    await assertUndisturbed(simulator, done);
    return longest;
  });
}

async function freeze({ freezeMs: ms, patience }: Scale): Promise<number> {
  return overSsh({}, async ({ simulator, link, notices }) => {
    await simulator.reset();
    let noticedAfter = Infinity;
    const thawed = sleep(500).then(async () => {
      const frozenAt = performance.now();
      link.freeze();
      await sleep(ms);
      const lost = notices.find(({ text }) => text.includes('link lost'));
      if (lost) noticedAfter = lost.time - frozenAt;
      link.thaw();
      return performance.now();
    });
    let resumed = 0;
    void thawed.then(async (at) => {
      await simulator.step(one).catch(() => undefined);
      resumed = performance.now() - at;
    });
    const done = await stepUntilThawed(simulator, thawed);
    await sleep(10);
    assert.ok(noticedAfter <= 3_500 * patience, `noticed after ${Math.round(noticedAfter)} ms`);
    assert.ok(resumed <= 2_000 * patience, `resumed ${Math.round(resumed)} ms after the link came back`);
    await assertUndisturbed(simulator, done);
    return resumed;
  });
}

/** As stepUntil, where one further step was made beside it. */
async function stepUntilThawed(simulator: RemoteSimulator, thawed: Promise<unknown>): Promise<number> {
  let count = 0;
  let over = false;
  void thawed.then(() => (over = true));
  while (!over) {
    await simulator.step(one);
    count++;
  }
  return count + 1;
}

async function cutTooLong(): Promise<number> {
  return overSsh({ far: { lease: { grace: 2 } } }, async ({ simulator, link }) => {
    await simulator.reset();
    const { session } = simulator.session.control.welcome;
    const began = performance.now();
    link.freeze();
    const error = await stepUntil(simulator, sleep(60_000)).catch((thrown: unknown) => thrown);
    const took = performance.now() - began;
    assert.ok(isFarsimError(error) && error.code === 'SESSION_EXPIRED', String(error));
    assert.match(error.message, /lease\.grace/);
    await sessionGone(session, 17_000);
    link.thaw();
    return took;
  });
}

async function flaky(steps: number): Promise<number> {
  const random = randomNumbers(7);
  const near = (mean: number, spread: number): number => mean + spread * (2 * random() - 1);
  await using local = await openLocalTransport();
  const transport = disturbedTransport(local, {
    delayMs: () => (random() < 0.05 ? near(100, 30) : 0),
    breaks: () => random() < 0.01,
  });
  await using simulator = await openCounter(transport);
  await simulator.reset();
  const began = performance.now();
  const sums = await stepAtDepth(simulator, steps, 32);
  assert.deepEqual(
    sums,
    Array.from({ length: steps }, (_, i) => i + 1),
  );
  await assertUndisturbed(simulator, steps);
  return performance.now() - began;
}

export const cuts: readonly FaultRow[] = [
  {
    id: 'R4',
    fault: 'the TCP connection of ssh is cut',
    full: 100,
    quick: 1,
    run: (count) => inflict(count, 'cut to all 400 steps', cutOnce, 2),
  },
  {
    id: 'R5',
    fault: 'the link is frozen',
    full: 20,
    quick: 1,
    run: (count, scale) => inflict(count, 'return to the next answer', () => freeze(scale), 20),
  },
  {
    id: 'R6',
    fault: 'cut for longer than the grace',
    full: 20,
    quick: 1,
    run: (count) => inflict(count, 'cut to the error', cutTooLong, 20),
  },
  {
    id: 'R7',
    fault: 'a link of which 1 % of the frames break it and 5 % come 100 ± 30 ms late',
    full: 10_000,
    quick: 300,
    run: async (count) => {
      const { passed, ...rest } = await inflict(1, `${count} steps`, () => flaky(count));
      return { ...rest, passed: passed * count };
    },
  },
];
