import { setTimeout as sleep } from 'node:timers/promises';
import { preambleOf, type Channel, type CloseReason } from '@farsim/core';
import { echoFrames, frameAround } from '@farsim/core/testing';
import { describe, expect, test } from 'vitest';
import { startNatsServer, type NatsServer } from '../../../test/nats/start-nats-server.ts';
import { openNatsTransport, type NatsTransport } from '../src/nats-transport.ts';
import { startEchoProcess } from './start-echo-process.ts';

const noticedMs = 9_000;

interface Open extends AsyncDisposable {
  readonly server: NatsServer;
  readonly near: NatsTransport;
  readonly far: NatsTransport;
  /** The far ends of all channels. */
  readonly accepted: Channel[];
}

/** Two transports on a server, the far one with an echo under `subject:echo`. */
async function open(config: readonly string[] = []): Promise<Open> {
  const server = await startNatsServer({ config });
  const [near, far] = await Promise.all([
    openNatsTransport({ servers: server.url, connectTimeout: 2 }),
    openNatsTransport({ servers: server.url }),
  ]);
  const accepted: Channel[] = [];
  await far.listen('subject:echo', (channel) => {
    accepted.push(channel);
    void echoFrames(channel).catch(() => undefined);
  });
  return {
    server,
    near,
    far,
    accepted,
    async [Symbol.asyncDispose]() {
      server.signal('SIGCONT');
      await Promise.all([near[Symbol.asyncDispose](), far[Symbol.asyncDispose]()]);
      await server[Symbol.asyncDispose]();
    },
  };
}

interface Echoing {
  readonly channel: Channel;
  readonly frames: AsyncIterator<Uint8Array>;
}

async function dial(transport: NatsTransport, address = 'subject:echo'): Promise<Echoing> {
  const channel = await transport.connect(address);
  const frames = channel.receive()[Symbol.asyncIterator]();
  await channel.send([preambleOf(1)]);
  await frames.next();
  return { channel, frames };
}

async function echo({ channel, frames }: Echoing, bytes: number): Promise<Buffer> {
  await channel.send(frameAround(Buffer.alloc(bytes, bytes)));
  const { value } = await frames.next();
  return Buffer.from((value as Uint8Array).subarray(4));
}

/** Tries until it works, as a session above does. */
async function redial(transport: NatsTransport): Promise<Echoing> {
  for (;;) {
    try {
      return await dial(transport);
    } catch (error) {
      expect(error).toMatchObject({ code: expect.stringMatching(/HOST_UNREACHABLE|LINK_LOST/) });
      await sleep(50);
    }
  }
}

async function timed(closed: Promise<CloseReason>): Promise<{ reason: CloseReason; afterMs: number }> {
  const began = performance.now();
  const reason = await closed;
  return { reason, afterMs: performance.now() - began };
}

describe('a server that is', () => {
  test('killed ends the channels of both sides, and when it is back a new one works', async () => {
    await using opened = await open();
    const { server, near, accepted } = opened;
    const { channel } = await dial(near);
    await server.kill();
    for (const end of [channel, ...accepted]) {
      const { reason, afterMs } = await timed(end.closed);
      expect(reason).toMatchObject({ kind: 'failure', message: expect.stringContaining(server.url) });
      expect(afterMs).toBeLessThan(noticedMs);
    }
    await expect(near.connect('subject:echo')).rejects.toMatchObject({ code: 'HOST_UNREACHABLE' });
    await server.restart();
    const began = performance.now();
    expect((await echo(await redial(near), 1_000)).length).toBe(1_000);
    expect(performance.now() - began).toBeLessThan(8_000);
  });
  test('frozen is noticed by both sides, and when it goes on a new channel works', async () => {
    await using opened = await open();
    const { server, near, accepted } = opened;
    const { channel } = await dial(near);
    server.signal('SIGSTOP');
    const ends = await Promise.all([channel, ...accepted].map((end) => timed(end.closed)));
    for (const { reason, afterMs } of ends) {
      expect(reason.kind).toBe('failure');
      expect(afterMs).toBeLessThan(noticedMs);
    }
    await expect(near.connect('subject:echo')).rejects.toMatchObject({ code: 'HOST_UNREACHABLE' });
    server.signal('SIGCONT');
    const began = performance.now();
    expect((await echo(await redial(near), 1_000)).length).toBe(1_000);
    expect(performance.now() - began).toBeLessThan(8_000);
  });
  test('killed and back within a moment lets no channel go on', async () => {
    await using opened = await open();
    const { server, near, accepted } = opened;
    const echoing = await dial(near);
    const sending = (async () => {
      for (;;) await echoing.channel.send(frameAround(Buffer.alloc(10_000)));
    })().catch((error: unknown) => error);
    await sleep(50);
    await server.kill();
    await server.restart();
    expect(await sending).toMatchObject({ code: 'LINK_LOST' });
    expect((await echoing.channel.closed).kind).toBe('failure');
    expect((await accepted[0]!.closed).kind).toBe('failure');
  });
});

describe.concurrent('a peer whose process', () => {
  test('is killed ends the channel soon, though nothing was sent', async () => {
    await using opened = await open();
    await using peer = await startEchoProcess(opened.server.url, 'subject:other');
    const { channel } = await dial(opened.near, peer.address);
    peer.signal('SIGKILL');
    const { reason, afterMs } = await timed(channel.closed);
    expect(reason).toMatchObject({ kind: 'failure', message: expect.stringContaining('without a goodbye') });
    expect(afterMs).toBeLessThan(8_000);
  });
  test('is stopped for 2 s gets everything afterwards, and sending waited meanwhile', async () => {
    await using opened = await open();
    await using peer = await startEchoProcess(opened.server.url, 'subject:other');
    const { channel, frames } = await dial(opened.near, peer.address);
    channel.limitFrames(1 << 30);
    peer.signal('SIGSTOP');
    const size = 1 << 20;
    let sent = 0;
    const sending = (async () => {
      for (; sent < 24; sent++) await channel.send(frameAround(Buffer.alloc(size, sent)));
    })();
    await sleep(2_000);
    expect(sent).toBeLessThan(8);
    peer.signal('SIGCONT');
    for (let i = 0; i < 24; i++) {
      const frame = (await frames.next()).value as Uint8Array;
      expect([frame.length, frame[4], frame.at(-1)]).toEqual([size + 4, i, i]);
    }
    await sending;
  });
  test('is stopped until the server cuts it off as too slow ends all its channels', async () => {
    await using opened = await open(['max_payload: 65536', 'max_pending: 1048576']);
    await using peer = await startEchoProcess(opened.server.url, 'subject:other');
    const channels = await Promise.all(
      Array.from({ length: 8 }, async () => (await dial(opened.near, peer.address)).channel),
    );
    peer.signal('SIGSTOP');
    const sends = channels.map((channel) => channel.send(frameAround(Buffer.alloc(8 << 20))));
    const began = performance.now();
    for (const result of await Promise.allSettled(sends))
      expect(result).toMatchObject({ status: 'rejected', reason: { code: 'LINK_LOST' } });
    for (const channel of channels)
      expect(await channel.closed).toMatchObject({
        kind: 'failure',
        message: expect.stringContaining('without a goodbye'),
      });
    expect(performance.now() - began).toBeLessThan(9_000);
  });
  test('is stopped for long ends the channel after 10 s', async () => {
    await using opened = await open();
    await using peer = await startEchoProcess(opened.server.url, 'subject:other');
    const { channel } = await dial(opened.near, peer.address);
    peer.signal('SIGSTOP');
    const { reason, afterMs } = await timed(channel.closed);
    expect(reason).toMatchObject({ kind: 'failure', message: expect.stringContaining('nothing heard') });
    expect(afterMs).toBeGreaterThan(9_000);
    expect(afterMs).toBeLessThan(20_000);
  });
});

describe('a channel', () => {
  test('carries frames far over max_payload, cut and joined', async () => {
    await using opened = await open(['max_payload: 8192']);
    const echoing = await dial(opened.near);
    echoing.channel.limitFrames(1 << 30);
    for (const bytes of [8_164, 8_165, 65_536, 1_000_000, 8_000_000]) {
      const back = await echo(echoing, bytes);
      expect(back.equals(Buffer.alloc(bytes, bytes))).toBe(true);
    }
  });
  test('that is not read keeps no other one waiting', async () => {
    await using opened = await open();
    const [unread, other] = [await dial(opened.near), await dial(opened.near)];
    unread.channel.limitFrames(1 << 30);
    other.channel.limitFrames(1 << 30);
    const stuck = Promise.allSettled(
      Array.from({ length: 40 }, () => unread.channel.send(frameAround(Buffer.alloc(1 << 20)))),
    );
    await sleep(200);
    for (let i = 0; i < 20; i++) expect((await echo(other, 100_000)).length).toBe(100_000);
    await unread.channel[Symbol.asyncDispose]();
    const outcomes = await stuck;
    expect(outcomes.filter(({ status }) => status === 'rejected').length).toBeGreaterThan(10);
  });
  test('closed while data waits in it tells the peer that it was cut', async () => {
    await using opened = await open();
    const unread: Channel[] = [];
    await opened.far.listen('subject:unread', (channel) => unread.push(channel));
    const channel = await opened.near.connect('subject:unread');
    await channel.send([preambleOf(1)]);
    const sends = Promise.allSettled(
      Array.from({ length: 40 }, () => channel.send(frameAround(Buffer.alloc(1 << 20)))),
    );
    await sleep(100);
    await channel[Symbol.asyncDispose]();
    await sends;
    expect((await unread[0]!.closed).kind).toBe('failure');
  });
  test('read late gets all that was sent before the peer closed', async () => {
    await using opened = await open();
    await using transport = await openNatsTransport({ servers: opened.server.url });
    await transport.listen('subject:once', (channel) => {
      void (async () => {
        await channel.send([preambleOf(1)]);
        for (let i = 0; i < 3; i++) await channel.send(frameAround(Buffer.alloc(1 << 20, i)));
        await channel[Symbol.asyncDispose]();
      })();
    });
    const channel = await opened.near.connect('subject:once');
    channel.limitFrames(1 << 30);
    await sleep(1_500);
    const lengths: number[] = [];
    for await (const frame of channel.receive()) lengths.push(frame.length);
    expect(lengths).toEqual([8, ...Array.from({ length: 3 }, () => (1 << 20) + 4)]);
    expect((await channel.closed).kind).toBe('peer');
  });
});

describe('a name', () => {
  test('that is taken is refused to a second listener, and free when the first is closed', async () => {
    await using opened = await open();
    const { near, far } = opened;
    await expect(near.listen('subject:echo', () => undefined)).rejects.toMatchObject({
      code: 'BAD_ARGUMENT',
      message: expect.stringContaining('taken'),
    });
    const first = await far.listen('subject:free', () => undefined);
    await first[Symbol.asyncDispose]();
    await using second = await near.listen('subject:free', () => undefined);
    expect(second.address).toBe('subject:free');
  });
  test('that nobody listens under fails at once', async () => {
    await using opened = await open();
    const began = performance.now();
    await expect(opened.near.connect('subject:nobody')).rejects.toMatchObject({
      code: 'HOST_UNREACHABLE',
      message: expect.stringContaining('nobody listens on subject:nobody'),
    });
    expect(performance.now() - began).toBeLessThan(5_000);
  });
  test.each([
    'subject:',
    'subject:a b',
    'subject:a.*',
    'subject:>',
    'subject:a..b',
    'tcp:127.0.0.1:1',
    'plant',
  ])('such as %j is BAD_ARGUMENT', async (address) => {
    await using opened = await open();
    await expect(opened.near.connect(address)).rejects.toMatchObject({ code: 'BAD_ARGUMENT' });
    await expect(opened.near.listen(address, () => undefined)).rejects.toMatchObject({
      code: 'BAD_ARGUMENT',
    });
  });
  test('is not a program', async () => {
    await using opened = await open();
    await expect(opened.near.connect({ exec: ['true'] })).rejects.toMatchObject({ code: 'UNSUPPORTED' });
  });
});
