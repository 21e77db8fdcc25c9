import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { preambleOf, type Channel } from '@farsim/core';
import { echoFrames, frameAround } from '@farsim/core/testing';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { makeNatsAccount } from '../../../test/nats/make-nats-account.ts';
import { startNatsServer, type NatsServer } from '../../../test/nats/start-nats-server.ts';
import natsTransport from '../src/index.ts';
import { openNatsTransport, type NatsTransport } from '../src/nats-transport.ts';

/** What docs/protocol.md says that each side needs, and users who lack a part of it. */
const permissions = {
  near: '{ publish: ["farsim.plant.open", "farsim.plant.*.up"], subscribe: "farsim.plant.*.down" }',
  far: '{ publish: ["farsim.plant.open", "farsim.plant.*.down"], subscribe: ["farsim.plant.open", "farsim.plant.*.up", "farsim.plant.*.down"] }',
  stranger: '{ publish: "other.>", subscribe: "farsim.>" }',
  mute: '{ publish: "farsim.plant.open", subscribe: "farsim.plant.*.down" }',
  half: '{ publish: "farsim.>", subscribe: "farsim.*.*.down" }',
  deaf: '{ publish: "farsim.>", subscribe: "other.>" }',
};
const users = Object.entries(permissions).map(
  ([user, allowed]) => `{ user: ${user}, password: secret, permissions: ${allowed} }`,
);

async function echoes(channel: Channel): Promise<void> {
  const frames = channel.receive()[Symbol.asyncIterator]();
  await channel.send([preambleOf(1)]);
  expect((await frames.next()).value).toEqual(preambleOf(1));
  await channel.send(frameAround(Buffer.from('hello')));
  expect(
    Buffer.from((await frames.next()).value as Uint8Array)
      .subarray(4)
      .toString(),
  ).toBe('hello');
}

async function expectEcho(transport: NatsTransport): Promise<void> {
  await using listener = await transport.listen('subject:plant', (channel) => void echoFrames(channel));
  await using channel = await transport.connect(listener.address);
  await echoes(channel);
}

describe('a server with users', () => {
  let server: NatsServer;
  let far: NatsTransport;
  beforeAll(async () => {
    server = await startNatsServer({ config: [`authorization { users = [ ${users.join(', ')} ] }`] });
    far = await as('far');
    await far.listen('subject:plant', (channel) => void echoFrames(channel).catch(() => undefined));
  });
  afterAll(async () => {
    await far[Symbol.asyncDispose]();
    await server[Symbol.asyncDispose]();
  });
  const as = (user: string, password = 'secret'): Promise<NatsTransport> =>
    openNatsTransport({ servers: server.url, user, password, connectTimeout: 2 });

  test('lets both sides work with the subjects that the protocol page lists', async () => {
    await using near = await as('near');
    await using channel = await near.connect('subject:plant');
    await echoes(channel);
  });
  test('that refuses the password is LOGIN_REFUSED, without the password', async () => {
    const error = await as('near', 'hunter2').catch((caught: unknown) => caught);
    expect(error).toMatchObject({ code: 'LOGIN_REFUSED', message: expect.stringContaining(server.url) });
    expect(JSON.stringify(error) + String(error)).not.toContain('hunter2');
  });
  test('that refuses a login without one is LOGIN_REFUSED', async () => {
    await expect(openNatsTransport({ servers: server.url })).rejects.toMatchObject({ code: 'LOGIN_REFUSED' });
  });
  test.each([
    ['stranger', 'publish to farsim.plant.open'],
    ['deaf', 'subscribe to farsim.plant.'],
  ])('that forbids %s a subject to dial with says so at once', async (user, what) => {
    await using transport = await as(user);
    const began = performance.now();
    await expect(transport.connect('subject:plant')).rejects.toMatchObject({
      code: 'LOGIN_REFUSED',
      message: expect.stringContaining(what),
    });
    expect(performance.now() - began).toBeLessThan(8_000);
  });
  test('that forbids the data itself ends the channel, with the subject', async () => {
    await using transport = await as('mute');
    await using channel = await transport.connect('subject:plant');
    await channel.send([preambleOf(1)]);
    expect(await channel.closed).toMatchObject({
      kind: 'failure',
      message: expect.stringMatching(/publish to farsim\.plant\.[0-9a-f]{32}\.up/),
    });
  });
  test.each([
    ['half', 'subscribe to farsim.free.open'],
    ['deaf', 'subscribe to farsim.free.'],
    ['stranger', 'publish to farsim.free.open'],
  ])('that forbids %s to listen says which subject', async (user, what) => {
    await using transport = await as(user);
    await expect(transport.listen('subject:free', () => undefined)).rejects.toMatchObject({
      code: 'LOGIN_REFUSED',
      message: expect.stringContaining(what),
    });
  });
});

test('a token logs in, a wrong one is LOGIN_REFUSED', async () => {
  await using server = await startNatsServer({ config: ['authorization { token: "open sesame" }'] });
  await using transport = await openNatsTransport({ servers: server.url, token: 'open sesame' });
  await expectEcho(transport);
  await expect(openNatsTransport({ servers: server.url, token: 'open' })).rejects.toMatchObject({
    code: 'LOGIN_REFUSED',
  });
});

test('a creds file logs in, one of another operator is LOGIN_REFUSED', async () => {
  const [ours, theirs] = [makeNatsAccount(), makeNatsAccount()];
  await using server = await startNatsServer({ config: ours.config });
  const { folder, url: servers } = server;
  await writeFile(path.join(folder, 'ours.creds'), ours.creds);
  await writeFile(path.join(folder, 'theirs.creds'), theirs.creds);
  await using transport = await openNatsTransport({ servers, creds: 'ours.creds' }, { folder });
  await expectEcho(transport);
  await expect(openNatsTransport({ servers, creds: 'theirs.creds' }, { folder })).rejects.toMatchObject({
    code: 'LOGIN_REFUSED',
  });
});

describe('TLS', () => {
  test('with the authority that signed the certificate works, without it is refused', async () => {
    await using server = await startNatsServer({ tls: 'server' });
    await using transport = await openNatsTransport({ servers: server.url, tls: { ca: server.ca } });
    await expectEcho(transport);
    await expect(openNatsTransport({ servers: server.url })).rejects.toMatchObject({
      code: 'HOST_UNREACHABLE',
      message: expect.stringContaining('TLS'),
    });
  });
  test('with a certificate for another name is refused', async () => {
    await using server = await startNatsServer({ tls: 'server' });
    const servers = `nats://localhost:${server.port}`;
    await expect(openNatsTransport({ servers, tls: { ca: server.ca } })).rejects.toMatchObject({
      code: 'HOST_UNREACHABLE',
      message: expect.stringContaining('TLS'),
    });
  });
  test('that asks for a certificate of this side takes the right one, and is named where there is none', async () => {
    await using server = await startNatsServer({ tls: 'verify' });
    const { ca, clientCert: cert, clientKey: key } = server;
    await using transport = await openNatsTransport({ servers: server.url, tls: { ca, cert, key } });
    await expectEcho(transport);
    await expect(
      openNatsTransport({ servers: server.url, tls: { ca }, connectTimeout: 0.5 }),
    ).rejects.toMatchObject({
      code: 'HOST_UNREACHABLE',
      suggestions: expect.arrayContaining([expect.stringContaining('certificate of yours')]),
    });
  });
  test.each([{ tls: {} }, { scheme: 'tls' }])(
    'asked for by %j and not offered is UNSUPPORTED',
    async (by) => {
      await using server = await startNatsServer();
      const servers = server.url.replace('nats:', `${by.scheme ?? 'nats'}:`);
      await expect(openNatsTransport({ servers, tls: by.tls })).rejects.toMatchObject({
        code: 'UNSUPPORTED',
      });
    },
  );
});

describe('options', () => {
  const open = (config: object): Promise<unknown> =>
    openNatsTransport({ servers: 'nats://127.0.0.1:1', ...config });

  test.each([
    [{ servers: 'nats://me:secret@bus:4222' }],
    [{ servers: 'ws://bus' }],
    [{ servers: 'http://bus:80' }],
    [{ user: 'me', password: 'x', token: 't' }],
    [{ password: 'x' }],
    [{ prefix: 'a b' }],
    [{ prefix: 'farsim.*' }],
    [{ prefix: '' }],
  ])('such as %j are CONFIG_INVALID before anything is dialled', async (config) => {
    await expect(open(config)).rejects.toMatchObject({ code: 'CONFIG_INVALID' });
  });
  test('that name a missing file are FILE_NOT_FOUND', async () => {
    for (const config of [{ creds: 'none.creds' }, { tls: { ca: 'none.pem' } }])
      await expect(open(config)).rejects.toMatchObject({ code: 'FILE_NOT_FOUND' });
  });
  test('whose creds file holds none are CONFIG_INVALID', async () => {
    await using server = await startNatsServer();
    await writeFile(path.join(server.folder, 'bad.creds'), 'nothing\n');
    await expect(
      openNatsTransport({ servers: server.url, creds: 'bad.creds' }, { folder: server.folder }),
    ).rejects.toMatchObject({ code: 'CONFIG_INVALID', message: expect.stringContaining('bad.creds') });
  });
  test('of a config section have defaults', () => {
    expect(natsTransport.config.parse({})).toEqual({
      servers: 'nats://127.0.0.1:4222',
      prefix: 'farsim',
      connectTimeout: 15,
    });
  });
  test('a server that is not there is HOST_UNREACHABLE, at once', async () => {
    const began = performance.now();
    await expect(open({})).rejects.toMatchObject({
      code: 'HOST_UNREACHABLE',
      message: expect.stringContaining('nothing listens'),
    });
    expect(performance.now() - began).toBeLessThan(8_000);
  });
  test('the second of two servers is used when the first is not there', async () => {
    await using server = await startNatsServer();
    await using transport = await openNatsTransport({ servers: ['nats://127.0.0.1:1', server.url] });
    await expectEcho(transport);
  });
  test('a server that takes small messages only is UNSUPPORTED, with both numbers', async () => {
    await using server = await startNatsServer({ config: ['max_payload: 2048'] });
    await expect(openNatsTransport({ servers: server.url })).rejects.toMatchObject({
      code: 'UNSUPPORTED',
      message: expect.stringMatching(/2048 bytes.*4096/),
    });
  });
  test('dialling can be stopped', async () => {
    await using server = await startNatsServer();
    server.signal('SIGSTOP');
    const began = performance.now();
    await expect(
      openNatsTransport({ servers: server.url }, { signal: AbortSignal.timeout(100) }),
    ).rejects.toMatchObject({ code: 'INTERRUPTED' });
    expect(performance.now() - began).toBeLessThan(8_000);
  });
  test('a server that answers nothing is given up after connectTimeout', async () => {
    await using server = await startNatsServer();
    server.signal('SIGSTOP');
    await expect(openNatsTransport({ servers: server.url, connectTimeout: 0.3 })).rejects.toMatchObject({
      code: 'HOST_UNREACHABLE',
      message: expect.stringContaining('0.3 s'),
    });
  });
});
