import { setTimeout as sleep } from 'node:timers/promises';
import {
  openFarHost,
  type FarsimError,
  type LeftOver,
  type RemoteSimulator,
  type Transport,
} from '@farsim/core';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { openBreakableLink, type BreakableLink } from './faults/breakable-link.ts';
import { openSsh } from './faults/far-sides.ts';
import { openCounter, openLocalTransport, type FarOrder } from './open-far.ts';
import { openQueue, type Queue } from './prefixes/open-queue.ts';
import {
  expectNoneSince,
  launches,
  local,
  one,
  overSsh,
  sessionOf,
  stepOn,
} from './prefixes/prefixed-counter.ts';
import { mayOpenNamespaces } from './sshd/network-namespaces.ts';
import { startSshd, type Sshd } from './sshd/start-sshd.ts';

let sshd: Sshd;
beforeAll(async () => {
  sshd = await startSshd();
});
afterAll(() => sshd[Symbol.asyncDispose]());

const waysOut = (error: unknown): string => (error as FarsimError).suggestions.join('\n');

const queues = 'a far simulator behind a queue';
describe.runIf(mayOpenNamespaces(queues))(queues, () => {
  const opened = (transport: Transport, queue: Queue, order: FarOrder = {}): Promise<RemoteSimulator> => {
    const far = { launch: queue.launch, enter: queue.enter, ...order.far };
    return openCounter(transport, { ...order, far });
  };

  test('starts its clock with the allocation, and tells how long it has been queued', async () => {
    const before = launches();
    await using queue = await openQueue();
    await using transport = await openLocalTransport();
    const said: string[] = [];
    const far = { start: { limit: 2 } };
    const opening = opened(transport, queue, { far, progress: (line) => said.push(line) });
    await sleep(2_500);
    await queue.allocate();
    const simulator = await opening;
    expect(said).toContain('plant: queued, 1 s (queue-run: job 4711 queued and waiting for resources)');
    await simulator.reset();
    await stepOn(simulator, 0);
    await simulator[Symbol.asyncDispose]();
    expect(await queue.pid()).toBeUndefined();
    await expectNoneSince(before);
  });

  test.each(overSsh)('outlives cuts of $link while it is queued and while it steps', async ({ open }) => {
    await using queue = await openQueue();
    await using transport = await open(sshd);
    const opening = opened(transport, queue);
    await expect.poll(() => queue.isAsked()).toBe(true);
    expect(await sshd.cut()).toBeGreaterThan(0);
    await sleep(300);
    expect(await queue.pid()).toBeDefined();
    await queue.allocate();
    await using simulator = await opening;
    await simulator.reset();
    await stepOn(simulator, 0);
    expect(await sshd.cut()).toBeGreaterThan(0);
    await stepOn(simulator, 16);
    expect(simulator.session.ledger.head().index).toBe(33);
  });

  test.each([local, ...overSsh])(
    'that is stopped while queued leaves no job, over $link',
    async ({ open }) => {
      const before = launches();
      await using queue = await openQueue();
      await using transport = await open(sshd);
      const stop = new AbortController();
      const opening = opened(transport, queue, { signal: stop.signal });
      await expect.poll(() => queue.isAsked()).toBe(true);
      stop.abort();
      await expect(opening).rejects.toMatchObject({ code: 'INTERRUPTED' });
      expect(await queue.pid()).toBeUndefined();
      await expectNoneSince(before);
    },
  );

  test.each([70, 200, 350])('that is stopped %d ms after its job may begin leaves none', async (ms) => {
    const before = launches();
    await using queue = await openQueue();
    await using transport = await openLocalTransport();
    await queue.allocate();
    const stop = new AbortController();
    const progress = (line: string): void =>
      void (line.startsWith('starting ') && setTimeout(() => stop.abort(), ms));
    const opening = opened(transport, queue, { signal: stop.signal, progress });
    await opening.then(
      (simulator) => simulator[Symbol.asyncDispose](),
      (error: unknown) => expect(error).toMatchObject({ code: 'INTERRUPTED' }),
    );
    expect(await queue.pid()).toBeUndefined();
    await expectNoneSince(before);
  });

  test('that is refused there says why', async () => {
    await using queue = await openQueue();
    await using transport = await openLocalTransport();
    const opening = opened(transport, queue);
    await queue.refuse();
    await expect(opening).rejects.toMatchObject({
      code: 'START_FAILED',
      message: expect.stringMatching(/ended with exit status 3: .*\nqueue-run: error: Invalid account$/),
    });
  });

  test('whose job is cancelled says so to who steps it', async () => {
    await using queue = await openQueue();
    await using transport = await openLocalTransport();
    await queue.allocate();
    await using simulator = await opened(transport, queue);
    await simulator.reset();
    await queue.cancel();
    await expect.poll(() => queue.pid()).toBeUndefined();
    await expect(simulator.step(one)).rejects.toMatchObject({
      code: 'SESSION_EXPIRED',
      message: expect.stringContaining('job 4711 CANCELLED DUE TO TIME LIMIT'),
    });
  });

  test('is seen and ended from the host that launched it', async () => {
    const before = launches();
    await using queue = await openQueue();
    await using transport = await openLocalTransport();
    await queue.allocate();
    const simulator = await opened(transport, queue);
    const { launch, enter } = queue;
    const far = await openFarHost(transport.host!, { launch, enter, signal: AbortSignal.timeout(20_000) });
    const session = sessionOf(simulator);
    expect(await far.sessions()).toContainEqual(
      expect.objectContaining({ session, host: 'node7', job: '4711', alive: true }),
    );
    expect(await far.down(session)).toMatchObject({ left: [], reason: 'asked to end by a signal' });
    await expect(simulator.reset()).rejects.toMatchObject({ code: 'CLOSED' });
    await simulator[Symbol.asyncDispose]();
    expect(await queue.pid()).toBeUndefined();
    await expectNoneSince(before);
  });

  test('is listed while it waits, with what the queue says', async () => {
    const before = launches();
    await using queue = await openQueue();
    await using transport = await openLocalTransport();
    const stop = new AbortController();
    const opening = opened(transport, queue, { signal: stop.signal });
    const { launch, enter } = queue;
    const far = await openFarHost(transport.host!, { launch, enter, signal: AbortSignal.timeout(20_000) });
    const waiting = async (): Promise<object[]> =>
      (await far.queued()).filter(({ name }) => !before.includes(name));
    await expect
      .poll(waiting)
      .toEqual([expect.objectContaining({ said: 'queue-run: job 4711 queued and waiting for resources' })]);
    stop.abort();
    await expect(opening).rejects.toMatchObject({ code: 'INTERRUPTED' });
    expect(await waiting()).toEqual([]);
  });

  test('is looked into for what is left over in its job, and that is ended there', async () => {
    await using queue = await openQueue();
    await using transport = await openLocalTransport();
    await queue.allocate();
    await using simulator = await opened(transport, queue);
    const { launch, enter } = queue;
    const far = await openFarHost(transport.host!, { launch, enter, signal: AbortSignal.timeout(20_000) });
    const gone = '0123456789ab';
    const orphan = ['setsid', 'sh', '-c', 'sleep 60 & wait'];
    const inJob = enter.map((word) => word.replace('{job}', '4711'));
    const started = await transport.host!.run([...inJob, 'env', `FARSIM_SESSION=${gone}`, ...orphan]);
    const inThatJob = async (): Promise<readonly LeftOver[]> =>
      (await far.leftOver()).left.filter(({ job, session }) => job === '4711' && session === gone);
    await expect.poll(inThatJob).toEqual([expect.objectContaining({ reason: 'its session is over' })]);
    const found = await inThatJob();
    expect(await far.reap(found)).toEqual([expect.objectContaining({ session: gone, left: [] })]);
    await started.finished;
    expect(await inThatJob()).toEqual([]);
    expect((await simulator.reset()).tick[0]).toBe(0);
    expect((await far.leftOver()).unseen.join()).toContain('were not launched from');
  });

  test('is kept there for the next run, which joins it in its job', async () => {
    const before = launches();
    await using queue = await openQueue();
    await using transport = await openLocalTransport();
    await queue.allocate();
    const first = await opened(transport, queue, { far: { lease: { keep: 60 } } });
    await first.reset();
    await first[Symbol.asyncDispose]();
    const next = await opened(transport, queue, { far: { lease: { keep: 0 } } });
    expect(sessionOf(next)).toBe(sessionOf(first));
    await next[Symbol.asyncDispose]();
    await expect.poll(() => queue.pid()).toBeUndefined();
    await expectNoneSince(before);
  });

  interface Freezable extends AsyncDisposable {
    readonly queue: Queue;
    readonly link: BreakableLink;
    readonly opening: Promise<RemoteSimulator>;
    readonly stop: AbortController;
    says(words: string): Promise<unknown>;
    /** Until its queue was heard, from when on silence is judged by the second. */
    queuing(): Promise<unknown>;
  }
  const openFreezable = async (client: 'ssh2' | 'openssh'): Promise<Freezable> => {
    await using resources = new AsyncDisposableStack();
    const queue = resources.use(await openQueue());
    const link = resources.use(await openBreakableLink(sshd.port));
    const transport = resources.use(await openSsh(sshd, link.port, client));
    const stop = new AbortController();
    const said: string[] = [];
    const progress = (line: string): void => void said.push(line);
    const opening = opened(transport, queue, { signal: stop.signal, progress });
    resources.defer(async () => {
      stop.abort();
      link.thaw();
      await opening.catch(() => undefined);
    });
    const says = (words: string): Promise<unknown> =>
      vi.waitUntil(() => said.some((line) => line.includes(words)), 15_000);
    const held = resources.move();
    return {
      queue,
      link,
      opening,
      stop,
      says,
      queuing: () => says('queued and waiting'),
      [Symbol.asyncDispose]: () => held[Symbol.asyncDispose](),
    };
  };

  test.concurrent.for(['ssh2', 'openssh'] as const)(
    'outlives a link by %s that freezes while it is queued, and has begun when that is back',
    async (client) => {
      await using frozen = await openFreezable(client);
      await frozen.queuing();
      frozen.link.freeze();
      await frozen.says('does not answer');
      await frozen.queue.allocate();
      await sleep(1_000);
      frozen.link.thaw();
      await using simulator = await frozen.opening;
      await simulator.reset();
      await stepOn(simulator, 0);
    },
  );

  test.concurrent.for(['ssh2', 'openssh'] as const)(
    'that is stopped while queued and the link by %s is frozen says what may still wait, and begins for nobody',
    async (client, { expect }) => {
      await using frozen = await openFreezable(client);
      await frozen.queuing();
      frozen.link.freeze();
      frozen.stop.abort();
      await expect(frozen.opening).rejects.toMatchObject({
        code: 'INTERRUPTED',
        message: expect.stringMatching(/could not be ended: 127\.0\.0\.1 does not answer$/),
        suggestions: expect.arrayContaining([expect.stringContaining('it may still wait there')]),
      });
      // the way out that it tells
      const [, id] = /`farsim host down HOST (\w+)`/.exec(
        waysOut(await frozen.opening.catch((error: unknown) => error)),
      )!;
      await using there = await openLocalTransport();
      const far = await openFarHost(there.host!, { signal: AbortSignal.timeout(20_000) });
      await far.endQueued((await far.queued()).find((queued) => queued.id === id)!);
      await expect.poll(() => frozen.queue.pid()).toBeUndefined();
      frozen.link.thaw();
    },
  );
});
