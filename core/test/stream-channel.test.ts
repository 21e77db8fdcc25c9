import { once } from 'node:events';
import net from 'node:net';
import { Duplex, type Writable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { frameAround } from '@farsim/core/testing';
import { afterEach, describe, expect, test } from 'vitest';
import type { Channel } from '../src/ports/transport.ts';
import { preambleOf } from '../src/session/handshake.ts';
import { openStreamChannel, type StreamChannelOptions } from '../src/session/channels/stream-channel.ts';

const preamble = preambleOf(1);
const opened: AsyncDisposable[] = [];
afterEach(async () => {
  for (const one of opened.splice(0)) await one[Symbol.asyncDispose]();
});

/** A channel on one end of a real connection; the other end is the bare socket. */
async function openPair(
  options: StreamChannelOptions = { side: 'dialler' },
): Promise<{ channel: Channel; peer: net.Socket }> {
  const server = net.createServer({ noDelay: true }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const dialled = net.connect({ port: (server.address() as net.AddressInfo).port, noDelay: true });
  const [peer] = (await once(server, 'connection')) as [net.Socket];
  server.close();
  peer.on('error', () => undefined);
  const channel = openStreamChannel(dialled, options);
  opened.push(channel, { [Symbol.asyncDispose]: async () => void peer.destroy() });
  return { channel, peer };
}

function frame(body: Uint8Array | string): Buffer {
  return Buffer.concat(frameAround(Buffer.from(body)));
}

function framesOf(channel: Channel): AsyncIterator<Uint8Array> {
  return channel.receive()[Symbol.asyncIterator]();
}

async function next(frames: AsyncIterator<Uint8Array>): Promise<Buffer> {
  const result = await frames.next();
  if (result.done) throw new Error('the channel ended where a frame was due');
  return Buffer.from(result.value);
}

describe('preamble', () => {
  const chatter = 'Welcome to gpu-box!\nFSIM is no preamble, nor is FSIMFSIM\nLast login: today\n';
  test('is found behind what a login shell says, however the bytes are cut', async () => {
    const bytes = Buffer.concat([Buffer.from(chatter), preamble, frame('hello')]);
    for (const size of [1, 2, 3, 7, bytes.length]) {
      const said: string[] = [];
      const { channel, peer } = await openPair({ side: 'dialler', onChatter: (text) => said.push(text) });
      for (let at = 0; at < bytes.length; at += size) {
        peer.write(bytes.subarray(at, at + size));
        if (size < 3) await new Promise(setImmediate);
      }
      const frames = framesOf(channel);
      expect(await next(frames)).toEqual(Buffer.from(preamble));
      expect(await next(frames)).toEqual(frame('hello'));
      expect(said).toEqual([chatter]);
    }
  });
  test('of another version or codec is handed on, so that both can be named', async () => {
    const { channel, peer } = await openPair();
    const other = Uint8Array.of(0x46, 0x53, 0x49, 0x4d, 2, 9, 0, 0);
    peer.write(other);
    expect(await next(framesOf(channel))).toEqual(Buffer.from(other));
  });
  test('that never comes ends the channel after 64 KiB', async () => {
    const { channel, peer } = await openPair();
    peer.write(Buffer.alloc(66 << 10, 'Traceback\n'));
    await expect(framesOf(channel).next()).rejects.toMatchObject({
      code: 'DECODE_FAILED',
      message: /Traceback/,
    });
    expect((await channel.closed).kind).toBe('failure');
  });
  test('that never comes before the end leaves what was said in the reason', async () => {
    const { channel, peer } = await openPair();
    peer.end('python3: not found\n');
    expect((await framesOf(channel).next()).done).toBe(true);
    expect(await channel.closed).toMatchObject({ kind: 'failure', message: /python3: not found/ });
  });
  test('is not searched for on the listening side', async () => {
    const { channel, peer } = await openPair({ side: 'listener' });
    peer.write('GET / HTTP/1.1\r\n');
    expect((await next(framesOf(channel))).toString()).toBe('GET / HT');
  });
});

describe('frames', () => {
  test('arrive unchanged however the bytes are cut', async () => {
    const { channel, peer } = await openPair();
    channel.limitFrames(1 << 20);
    const sent = Array.from({ length: 300 }, (_, i) =>
      frame(Buffer.alloc((i * 7919) % (i % 50 === 0 ? 90_000 : 300), i)),
    );
    const bytes = Buffer.concat([preamble, ...sent]);
    const writing = (async () => {
      for (let at = 0, i = 1; at < bytes.length; i++) {
        const size = i % 3 === 0 ? 1 : (i * 104_729) % 9_000;
        peer.write(bytes.subarray(at, at + size));
        at += size;
        if (i % 5 === 0) await new Promise(setImmediate);
      }
    })();
    const frames = framesOf(channel);
    await next(frames);
    for (const one of sent) expect((await next(frames)).equals(one)).toBe(true);
    await writing;
  });
  test('over the limit end the channel before anything of their size is allocated', async () => {
    const { channel, peer } = await openPair();
    channel.limitFrames(2 ** 32);
    const frames = framesOf(channel);
    peer.write(preamble);
    await next(frames);
    const before = process.memoryUsage().arrayBuffers;
    peer.write(Buffer.from([0xff, 0xff, 0xff, 0xff, 1, 2, 3, 4]));
    await expect(frames.next()).rejects.toMatchObject({
      code: 'LIMIT_EXCEEDED',
      message: /4294967295 bytes; the limit is 268435456/,
    });
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(1 << 20);
    expect(await channel.closed).toMatchObject({ kind: 'failure', message: /4294967295/ });
    await once(peer, 'close');
  });
  test('that are cut off in the middle make the end a failure that says where', async () => {
    const { channel, peer } = await openPair();
    peer.write(Buffer.concat([preamble, frame('whole'), frame('a'.repeat(476)).subarray(0, 37)]));
    peer.end();
    const frames = framesOf(channel);
    await next(frames);
    expect(await next(frames)).toEqual(frame('whole'));
    expect((await frames.next()).done).toBe(true);
    expect(await channel.closed).toEqual({
      kind: 'failure',
      message: 'the connection ended 37 bytes into a frame of 480',
    });
  });
  test('that nobody reads stop the peer and stay bounded', async () => {
    const { channel, peer } = await openPair();
    const before = process.memoryUsage().arrayBuffers;
    const bytes = Buffer.concat(Array.from({ length: 2_000 }, () => frame(Buffer.alloc(500))));
    peer.write(preamble);
    let written = 0;
    while (
      written < 64 &&
      (peer.write(bytes) || (await Promise.race([once(peer, 'drain'), sleep(300, false)])) !== false)
    )
      written++;
    expect(written).toBeLessThan(32);
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(24 << 20);
    const frames = framesOf(channel);
    await next(frames);
    for (let i = 0; i < written * 2_000; i++) expect((await next(frames)).length).toBe(504);
  });
  test('whose prefix does not say their length are refused before they are sent', async () => {
    const { channel, peer } = await openPair();
    await channel.send([preamble]);
    await expect(channel.send([Uint8Array.of(9, 0, 0, 0), new Uint8Array(8)])).rejects.toMatchObject({
      code: 'BAD_ARGUMENT',
    });
    await channel.send([frame('next')]);
    await channel[Symbol.asyncDispose]();
    expect(Buffer.concat(await peer.toArray())).toEqual(Buffer.concat([preamble, frame('next')]));
  });
  test('leave in one write when small, and gathered with their large parts', async () => {
    const writes: number[][] = [];
    const stream = new Duplex({
      read() {},
      writev(chunks, done) {
        writes.push(chunks.map(({ chunk }) => (chunk as Buffer).length));
        done();
      },
    });
    const channel = openStreamChannel(stream, { side: 'dialler' });
    await channel.send([preamble]);
    await channel.send(frameAround(new Uint8Array(480)));
    await channel.send([
      frameAround(new Uint8Array(100_010))[0]!,
      new Uint8Array(5),
      new Uint8Array(100_000),
      new Uint8Array(5),
    ]);
    expect(writes).toEqual([[8], [484], [9, 100_000, 5]]);
    await channel[Symbol.asyncDispose]();
  });
  test('leave in one write even where the stream cannot gather', async () => {
    const writes: number[] = [];
    const stream = new Duplex({
      read() {},
      write(chunk: Buffer, _encoding, done) {
        writes.push(chunk.length);
        done();
      },
    });
    const channel = openStreamChannel(stream, { side: 'dialler' });
    await channel.send([preamble]);
    await channel.send(frameAround(new Uint8Array(100_000)));
    expect(writes).toEqual([8, 100_004]);
    await channel[Symbol.asyncDispose]();
  });
});

describe('the end', () => {
  test('by a reset is a failure', async () => {
    const { channel, peer } = await openPair();
    peer.write(preamble);
    const frames = framesOf(channel);
    await next(frames);
    peer.resetAndDestroy();
    expect((await frames.next()).done).toBe(true);
    expect(await channel.closed).toMatchObject({ kind: 'failure', message: /ECONNRESET/ });
    await expect(channel.send([preamble])).rejects.toMatchObject({ code: 'LINK_LOST' });
  });
  test('by this side lets everything sent arrive, though the peer still sends', async () => {
    const { channel, peer } = await openPair();
    const received: Buffer[] = [];
    peer.write(Buffer.concat([preamble, frame(new Uint8Array(60_000)), frame(new Uint8Array(60_000))]));
    peer.on('data', (chunk: Buffer) => received.push(chunk));
    await channel.send([preamble]);
    const peerClosed = once(peer, 'close');
    const sending = channel.send(frameAround(Buffer.alloc(3 << 20, 5))).catch(() => undefined);
    await channel[Symbol.asyncDispose]();
    await Promise.all([peerClosed, sending]);
    expect(Buffer.concat(received).length).toBe(8 + 4 + (3 << 20));
    expect((await channel.closed).kind).toBe('local');
  });
  test('comes soon when the peer neither reads nor closes', async () => {
    const { channel, peer } = await openPair();
    peer.pause();
    await channel.send([preamble]);
    const lost = channel
      .send(frameAround(new Uint8Array(32 << 20)))
      .catch((error: { code: string }) => error.code);
    const began = performance.now();
    await channel[Symbol.asyncDispose]();
    expect(performance.now() - began).toBeLessThan(5_000);
    expect(await lost).toBe('LINK_LOST');
  });
  test('comes when a reader leaves its loop', async () => {
    const { channel, peer } = await openPair();
    peer.write(Buffer.concat([preamble, frame('a'), frame('b')]));
    for await (const one of channel.receive()) if (one.length === 5) break;
    expect((await channel.closed).kind).toBe('local');
  });
  test('takes over what the carrier tells, and asks it once', async () => {
    let asked = 0;
    const finish = async () => ({ kind: 'failure' as const, exitCode: ++asked, stderr: 'killed' });
    const { channel, peer } = await openPair({ side: 'dialler', finish });
    peer.end();
    expect(await channel.closed).toMatchObject({ kind: 'failure', exitCode: 1, stderr: 'killed' });
    await channel[Symbol.asyncDispose]();
    expect(asked).toBe(1);
  });
  test('fails sends that a stream forgot', async () => {
    const stream: Writable = new Duplex({ read() {}, write() {} });
    const channel = openStreamChannel(stream as Duplex, { side: 'dialler' });
    const forgotten = channel
      .send(frameAround(new Uint8Array(400_000)))
      .catch((error: { code: string }) => error.code);
    await channel[Symbol.asyncDispose]();
    expect(await forgotten).toBe('LINK_LOST');
  });
});

test('a channel is received from once', async () => {
  const { channel } = await openPair();
  channel.receive();
  expect(() => channel.receive()).toThrowError(expect.objectContaining({ code: 'BAD_ARGUMENT' }));
});
