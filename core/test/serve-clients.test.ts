import { protobufCodec } from '@farsim/codec-protobuf';
import { describe, expect, test } from 'vitest';
import { Role } from '../src/model/messages.ts';
import { f64 } from '../src/model/tensor.ts';
import { serve } from '../src/remote/serve/serve.ts';
import { dialSession } from '../src/remote/session/dial-session.ts';
import { createMemoryChannels } from '../src/session/channels/memory-channel.ts';
import { greet } from '../src/session/handshake.ts';
import { createCounter } from '../src/simulators/counter.ts';
import { codecs, one, serveAndDial, sum } from './fixtures/serve-and-dial.ts';
import { createMemoryTransport } from './memory-transport.ts';

describe('clients of a served simulator', () => {
  test('connections that say nothing use up nothing once they are gone', async () => {
    const transport = createMemoryTransport();
    await using service = await serve({
      simulator: createCounter(),
      transport,
      address: 'memory',
      codecs,
    });
    const silent = await Promise.all(Array.from({ length: 40 }, () => transport.connect()));
    await Promise.all(silent.map((channel) => channel[Symbol.asyncDispose]()));
    const greeting = { client: 'late', user: 'late@here', codec: protobufCodec, token: service.token };
    const { channel, welcome } = await greet(await transport.connect(), { ...greeting, role: Role.control });
    expect(welcome.phase).toBe('ready');
    await channel[Symbol.asyncDispose]();
  });

  test('a client that comes after another goes on behind its numbers, and no reply of the other reaches it', async () => {
    await using served = await serveAndDial(createCounter());
    await served.remote.reset();
    await served.remote.step(f64([5], [1, 1]));
    await served.remote[Symbol.asyncDispose]();
    await using second = await served.open('second');
    expect(sum(await second.step(one))).toBe(6);
    for (let step = 0; step < 5; step++) await second.step(one);
    expect(sum(await second.step(one))).toBe(12);
    expect(second.session.ledger.fault).toBeUndefined();
  });

  test('a wrong token is refused, and its holder learns nothing else', async () => {
    await using served = await serveAndDial(createCounter());
    await expect(served.dial('thief', '00'.repeat(32))).rejects.toMatchObject({
      code: 'TOKEN_REFUSED',
      suggestions: [expect.stringContaining('tokenFile')],
    });
  });

  test('a second controller gets BUSY with the owner, and a take-over fences the first', async () => {
    await using served = await serveAndDial(createCounter());
    await expect(served.dial('second')).rejects.toMatchObject({
      code: 'BUSY',
      message: expect.stringContaining('first@here'),
    });
    await using second = await served.dial('second', undefined, true);
    expect(second.welcome.fence).toBe(2);
    await expect(served.remote.step(one)).rejects.toMatchObject({ code: 'FENCED' });
  });

  test('a session that its client closes ends at once, without another dial', async () => {
    const transport = createMemoryTransport();
    await using service = await serve({ simulator: createCounter(), transport, address: 'memory', codecs });
    let dials = 0;
    const connect = async () => (dials++, transport.connect());
    const { address, token } = service;
    const session = await dialSession({ connect, address, token, codec: protobufCodec, graceMs: 60_000 });
    await session.control.close(5_000);
    await session[Symbol.asyncDispose]();
    expect(dials).toBe(2);
  }, 4_000);
});

describe('a far side that says nothing', () => {
  const greeting = {
    client: 'first',
    user: 'first@here',
    codec: protobufCodec,
    token: '00'.repeat(32),
    role: Role.control,
  };

  test('is left at once when the caller aborts', async () => {
    const [near, far] = createMemoryChannels();
    const abort = new AbortController();
    const greeted = greet(near, { ...greeting, signal: abort.signal });
    abort.abort();
    await expect(greeted).rejects.toMatchObject({ code: 'INTERRUPTED' });
    await far.closed;
  });

  test('is left at the deadline', async () => {
    const [near, far] = createMemoryChannels();
    const greeted = greet(near, { ...greeting, deadlineMs: 20 });
    await expect(greeted).rejects.toMatchObject({ code: 'DEADLINE_EXCEEDED' });
    await far.closed;
  });
});
