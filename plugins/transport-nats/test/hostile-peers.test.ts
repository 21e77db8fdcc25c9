import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { preambleOf, type Channel } from '@farsim/core';
import { echoFrames, frameAround } from '@farsim/core/testing';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { startNatsServer, type NatsServer } from '../../../test/nats/start-nats-server.ts';
import { openNatsTransport, type NatsTransport } from '../src/nats-transport.ts';
import { heardOf, RawBus, rawMessage, rawTerms, type RawMessage } from './raw-bus.ts';

const [OPEN, ACCEPT, DATA, ALIVE, END, BREAK] = [1, 2, 3, 4, 5, 6];
const terms = rawTerms(1 << 20, 65_536);
const newId = (): string => randomBytes(16).toString('hex');

let server: NatsServer;
let near: NatsTransport;
let far: NatsTransport;
let hostile: RawBus;
let accepted: Channel[] = [];
beforeAll(async () => {
  server = await startNatsServer();
  near = await openNatsTransport({ servers: server.url, connectTimeout: 1 });
  far = await openNatsTransport({ servers: server.url });
  hostile = await RawBus.open(server.url);
  await far.listen('subject:echo', (channel) => {
    accepted.push(channel);
    void echoFrames(channel).catch(() => undefined);
  });
});
beforeEach(() => (accepted = []));
afterAll(async () => {
  await hostile[Symbol.asyncDispose]();
  await near[Symbol.asyncDispose]();
  await far[Symbol.asyncDispose]();
  await server[Symbol.asyncDispose]();
});

async function expectEcho(): Promise<void> {
  await using channel = await near.connect('subject:echo');
  const frames = channel.receive()[Symbol.asyncIterator]();
  await channel.send([preambleOf(1)]);
  await frames.next();
  await channel.send(frameAround(Buffer.from('still here')));
  expect(Buffer.from((await frames.next()).value as Uint8Array).toString()).toContain('still here');
}

/** Dials by hand. */
async function dialRaw(theirs = terms): Promise<{ id: string; up: string; heard: RawMessage[] }> {
  const id = newId();
  const down = `farsim.echo.${id}.down`;
  const heard = hostile.listen(down);
  hostile.publish('farsim.echo.open', rawMessage(OPEN, 0, 0, theirs), down);
  await heardOf(heard, ({ kind }) => kind === ACCEPT || kind === BREAK);
  return { id, up: `farsim.echo.${id}.up`, heard };
}

describe('a connection ends with a failure, and tells its peer why, at', () => {
  const preamble = rawMessage(DATA, 1, 0, preambleOf(1));
  const faults: [string, Buffer[], RegExp][] = [
    ['bytes that are no message', [Buffer.from('hello')], /5 bytes are no message/],
    ['an empty message', [Buffer.alloc(0)], /0 bytes are no message/],
    ['random bytes', [Buffer.concat([Buffer.of(3, 7), randomBytes(500)])], /format 7/],
    ['an unknown kind', [rawMessage(99)], /unknown kind 99/],
    ['bytes that must be zero', [Buffer.concat([Buffer.of(3, 1, 1), Buffer.alloc(40)])], /must be zero/],
    ['an OPEN', [rawMessage(OPEN, 0, 0, terms)], /does not belong/],
    [
      'a lost message',
      [preamble, rawMessage(DATA, 3, 8, Buffer.alloc(9))],
      /lost 1 messages after message 1/,
    ],
    ['a lost last message', [rawMessage(ALIVE, 1)], /lost 1 messages/],
    ['a lost message before the end', [rawMessage(END, 2)], /lost 2 messages/],
    ['a message twice', [preamble, preamble], /message 1 came where 2 was due/],
    ['data without bytes', [rawMessage(DATA, 1)], /holds 0 bytes/],
    ['data after the end', [rawMessage(END), rawMessage(DATA, 1, 0, preambleOf(1))], /after the end/],
    ['two ends', [rawMessage(END), rawMessage(END)], /second end/],
    ['more taken than was sent', [rawMessage(ALIVE, 0, 1)], /took 1 bytes, after 0, of 0/],
    ['a count beyond 2^53', [rawMessage(DATA, 2 ** 60, 0, preambleOf(1))], /2\^53/],
    ['a message over the terms', [rawMessage(DATA, 1, 0, Buffer.alloc(600_000))], /holds 600000 bytes/],
  ];
  test.each(faults)('%s', async (_, messages, reason) => {
    const { up, heard } = await dialRaw();
    for (const message of messages) hostile.publish(up, message);
    const farewell = await heardOf(heard, ({ kind }) => kind === BREAK);
    expect(farewell.body.toString()).toMatch(reason);
    expect((await accepted[0]!.closed).kind).toBe('failure');
  });
  test.each([
    ['data', 40_000, 200],
    ['data in tiny messages, whose heads count', 1, 260_000],
  ])('%s beyond the window that it gave', async (_, bytes, count) => {
    const listener = await far.listen('subject:unread', (channel) => accepted.push(channel));
    const down = `farsim.unread.${newId()}.down`;
    const heard = hostile.listen(down);
    hostile.publish('farsim.unread.open', rawMessage(OPEN, 0, 0, terms), down);
    const { reply } = await heardOf(heard, ({ kind }) => kind === ACCEPT);
    const tooLarge = frameAround(Buffer.alloc(1 << 20))[0]!;
    hostile.publish(reply, rawMessage(DATA, 1, 0, Buffer.concat([preambleOf(1), tooLarge])));
    for (let sent = 2; sent < count; sent++)
      hostile.publish(reply, rawMessage(DATA, sent, 0, Buffer.alloc(bytes)));
    const farewell = await heardOf(heard, ({ kind }) => kind === BREAK);
    expect(farewell.body.toString()).toMatch(/it may send 4194304/);
    expect((await accepted[0]!.closed).kind).toBe('failure');
    await listener[Symbol.asyncDispose]();
  });
  test('a BREAK, whose sentence is the reason', async () => {
    const { up } = await dialRaw();
    hostile.publish(up, rawMessage(BREAK, 0, 0, Buffer.from('the engine is on fire')));
    expect(await accepted[0]!.closed).toMatchObject({
      kind: 'failure',
      message: expect.stringContaining('the engine is on fire'),
    });
  });
  test('a forged "no responders"', async () => {
    const { up } = await dialRaw();
    hostile.publishNoResponders(up);
    expect((await accepted[0]!.closed).kind).toBe('failure');
  });
});

describe('a listener stays, and answers nothing, at', () => {
  const opened = rawMessage(OPEN, 0, 0, terms);
  const calls: [string, Uint8Array, string | undefined][] = [
    ['bytes that are no message', Buffer.from('hello'), `farsim.echo.${newId()}.down`],
    ['an OPEN without a reply', opened, undefined],
    ['an OPEN whose reply is a subject of others', opened, 'other.subject'],
    ['an OPEN whose reply is its own subject', opened, 'farsim.echo.open'],
    ['an OPEN whose reply is the wrong direction', opened, `farsim.echo.${newId()}.up`],
    ['an OPEN whose reply belongs to another listener', opened, `farsim.plant.${newId()}.down`],
    ['an OPEN whose reply has no id', opened, 'farsim.echo.xyz.down'],
    ['data', rawMessage(DATA, 1, 0, preambleOf(1)), `farsim.echo.${newId()}.down`],
  ];
  test.each(calls)('%s', async (_, message, reply) => {
    const heard = reply === undefined ? [] : hostile.listen(reply === 'farsim.echo.open' ? '_' : reply);
    hostile.publish('farsim.echo.open', message, reply);
    await hostile.flush();
    await expectEcho();
    expect(heard).toEqual([]);
    expect(accepted.length).toBe(1);
  });
  test.each([
    ['no terms', Buffer.alloc(0)],
    ['a window of nothing', rawTerms(0, 65_536)],
    ['messages of 100 bytes', rawTerms(1 << 20, 100)],
  ])('an OPEN with %s is refused with a sentence', async (_, theirs) => {
    const { heard } = await dialRaw(theirs);
    expect(heard[0]).toMatchObject({ kind: BREAK });
    expect(heard[0]!.body.toString()).toMatch(/let nothing pass/);
    await expectEcho();
  });
  test('a flood of OPENs is refused from the 257th on, and dialling works when they are gone', async () => {
    const heard = hostile.listen('farsim.echo.*.down');
    for (let i = 0; i < 400; i++) hostile.publish('farsim.echo.open', opened, `farsim.echo.${newId()}.down`);
    await heardOf(heard, ({ kind }) => kind === BREAK);
    await expect(near.connect('subject:echo')).rejects.toMatchObject({
      code: 'HOST_UNREACHABLE',
      message: expect.stringContaining('256 connections'),
    });
    for (const { reply } of heard.filter(({ kind }) => kind === ACCEPT))
      hostile.publish(reply, rawMessage(BREAK));
    await hostile.flush();
    await sleep(100);
    accepted = [];
    await expectEcho();
  });
});

describe('a dialler is told of', () => {
  test.each([
    ['garbage for an answer', Buffer.from('hello'), 'DECODE_FAILED'],
    ['data before it was accepted', rawMessage(DATA, 1, 0, preambleOf(1)), 'DECODE_FAILED'],
    ['terms that let nothing pass', rawMessage(ACCEPT, 0, 0, rawTerms(10, 10)), 'DECODE_FAILED'],
    ['a refusal', rawMessage(BREAK, 0, 0, Buffer.from('full')), 'HOST_UNREACHABLE'],
  ])('%s', async (_, answer, code) => {
    const name = `n${newId()}`;
    const heard = hostile.listen(`farsim.${name}.open`);
    await hostile.flush();
    const dialling = near.connect(`subject:${name}`);
    dialling.catch(() => undefined);
    const { reply } = await heardOf(heard, ({ kind }) => kind === OPEN);
    hostile.publish(reply, answer);
    await expect(dialling).rejects.toMatchObject({ code });
  });
  test('garbage on the heels of an answer, as the end of the channel', async () => {
    const heard = hostile.listen('farsim.hasty.open');
    await hostile.flush();
    const dialling = near.connect('subject:hasty');
    const { reply } = await heardOf(heard, ({ kind }) => kind === OPEN);
    hostile.publish(reply, rawMessage(ACCEPT, 0, 0, terms));
    hostile.publish(reply, Buffer.from('garbage'));
    expect((await (await dialling).closed).kind).toBe('failure');
  });
  test('silence, after connectTimeout', async () => {
    hostile.listen('farsim.silent.open');
    await hostile.flush();
    await expect(near.connect('subject:silent')).rejects.toMatchObject({
      code: 'HOST_UNREACHABLE',
      message: expect.stringContaining('did not answer within 1 s'),
    });
  });
  test('a second listener under the same name', async () => {
    const heard = hostile.listen('farsim.echo.open');
    await hostile.flush();
    const channel = await near.connect('subject:echo');
    const { reply } = await heardOf(heard, ({ kind }) => kind === OPEN);
    hostile.publish(reply, rawMessage(ACCEPT, 0, 0, terms));
    expect(await channel.closed).toMatchObject({
      kind: 'failure',
      message: expect.stringContaining('two listen under one name'),
    });
  });
});

test('a dialler asks again until it is answered: whoever takes a broken listener’s place hears it', async () => {
  const heard = hostile.listen('farsim.deaf.open');
  await hostile.flush();
  const connecting = near.connect('subject:deaf');
  const again = await heardOf(heard, (message) => message.kind === OPEN && message !== heard[0]);
  expect(again.reply).toBe(heard[0]!.reply);
  const up = again.reply.replace(/down$/, 'up');
  hostile.listen(up);
  hostile.publish(again.reply, rawMessage(ACCEPT, 0, 0, terms), up);
  await using channel = await connecting;
  await channel.send([preambleOf(1)]);
});
