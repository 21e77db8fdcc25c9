import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  createZeroController,
  isFarsimError,
  randomNumbers,
  rollout,
  type RemoteSimulator,
} from '@farsim/core';
import { disturbedTransport } from '@farsim/core/testing';
import { dataInfo, openRunRecorder } from '@farsim/recorder-mcap';
import { openCounter, openLocalTransport, type FarOrder } from '../open-far.ts';
import { openSsh } from './far-sides.ts';
import { dealt, inflict, together, type FaultRow, type Scale } from './fault-row.ts';
import { freezingLinks, relayed, type FreezingLink } from './links-to-sshd.ts';
import { assertUndisturbed, one, sessionGone, stepAtDepth } from './stepping.ts';

interface OverSsh<Link> {
  readonly simulator: RemoteSimulator;
  readonly link: Link;
  readonly notices: { readonly time: number; readonly text: string }[];
}

/** A counter over SSH, through a link that can fail. */
async function overSsh<Link extends FreezingLink, T>(
  open: () => Promise<Link>,
  order: FarOrder,
  use: (far: OverSsh<Link>) => Promise<T>,
): Promise<T> {
  await using link = await open();
  await using transport = await openSsh(link.sshd, link.port);
  const notices: OverSsh<Link>['notices'] = [];
  const progress = (text: string): void => void notices.push({ time: performance.now(), text });
  await using simulator = await openCounter(transport, { ...order, progress });
  return await use({ simulator, link, notices });
}

async function cutOnce(i: number): Promise<number> {
  return overSsh(relayed, {}, async ({ simulator, link }) => {
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

async function freeze(open: () => Promise<FreezingLink>, { freezeMs: ms, patience }: Scale): Promise<number> {
  return overSsh(open, {}, async ({ simulator, link, notices }) => {
    await simulator.reset();
    let noticedAfter = Infinity;
    const thawed = sleep(500).then(async () => {
      await link.freeze();
      const frozenAt = performance.now();
      await sleep(ms);
      const lost = notices.find(({ text }) => text.includes('link lost'));
      if (lost) noticedAfter = lost.time - frozenAt;
      await link.thaw();
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

/** Steps one after the other until `thawed` settles; gives how many were made, with the one that was made beside them. */
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

/** Freezes the link of a client that records; gives the time to its error. */
async function cutTooLong(): Promise<number> {
  const folder = await mkdtemp(path.join(tmpdir(), 'farsim-r6-'));
  try {
    return await overSsh(relayed, { far: { lease: { grace: 2 } } }, async ({ simulator, link }) => {
      const { session } = simulator.session.control.welcome;
      let error: unknown;
      let frozenAt = 0;
      let failedAt = 0;
      let durable = 0;
      {
        await using recorder = await openRunRecorder({ folder });
        await using controller = await createZeroController();
        const driving = rollout({ simulator, controller, recorders: [recorder], episodes: 1, steps: 1e7 });
        let over = false;
        void driving.finally(() => (over = true));
        for (; durable === 0 && !over; durable = (await recorder.durable()).row) await sleep(100);
        frozenAt = performance.now();
        await link.freeze();
        ({ error } = await driving);
        failedAt = performance.now();
      }
      assert.ok(isFarsimError(error) && error.code === 'SESSION_EXPIRED', String(error));
      assert.match(error.message, /lease\.grace/);
      await sessionGone(session, 17_000);
      await link.thaw();
      const { frames } = await dataInfo(folder);
      assert.ok(durable > 0 && frames >= durable, `${frames} frames are read, ${durable} were durable`);
      return failedAt - frozenAt;
    });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
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
    full: 21,
    quick: 3,
    run: async (count, scale) => {
      const links = freezingLinks();
      const counts = dealt(count, links.length);
      const ways = links.map(([name, open], i) =>
        inflict(counts[i]!, `${name}, return to the next answer`, () => freeze(open, scale), count),
      );
      return together(await Promise.all(ways));
    },
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
