import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { protobufCodec } from '@farsim/codec-protobuf';
import { expect, test } from 'vitest';
import type { HeaderToSend, Reply, Request, Sendable } from '../src/model/messages.ts';
import { OnEnd, Op, Role } from '../src/model/messages.ts';
import { f64 } from '../src/model/tensor.ts';
import { serve, type SimulatorService } from '../src/remote/serve/serve.ts';
import { decodeFrame, encodeFrame } from '../src/session/wire/frame-format.ts';
import { greet, type GreetedChannel, type Greeting } from '../src/session/handshake.ts';
import { LayoutReader, LayoutWriter } from '../src/session/wire/layouts.ts';
import { createCounter } from '../src/simulators/counter.ts';
import { createMemoryTransport } from './memory-transport.ts';

type Step = Readonly<Record<string, unknown>>;
interface Case {
  readonly name: string;
  readonly episodeSteps?: number;
  readonly payloadBytes?: number;
  readonly do: readonly Step[];
}

const table = new URL('../../test/fixtures/session/cases.json', import.meta.url);
const { cases } = JSON.parse(readFileSync(table, 'utf8')) as { cases: Case[] };
const codec = protobufCodec;

/** One data connection as the table speaks of it. */
class DataClient {
  readonly #greeted: GreetedChannel;
  readonly #writer = new LayoutWriter();
  readonly #reader = new LayoutReader();
  #next: Promise<IteratorResult<Uint8Array>> | undefined;

  constructor(greeted: GreetedChannel) {
    this.#greeted = greeted;
  }

  async send({ op, action, actions = [action], onEnd, ...numbers }: Step): Promise<void> {
    const payloads: Uint8Array[] = [];
    const blocks: unknown[] = [];
    for (const value of (actions as unknown[]).filter((given) => given !== undefined)) {
      const tensor = f64([Number(value)], [1, 1]);
      const { block, layout } = this.#writer.write([{ name: 'action', tensor }], payloads);
      if (layout) await this.#write({ kind: 'layout', body: layout });
      blocks.push(block);
    }
    const body = {
      chain: 1,
      ...numbers,
      op: Op[op as keyof typeof Op],
      onEnd: OnEnd[(onEnd ?? 'continue') as keyof typeof OnEnd],
      blocks,
    } as Sendable<Request>;
    await this.#greeted.channel.send(encodeFrame(codec, { kind: 'request', body }, payloads));
  }

  ack(ack: number): Promise<void> {
    return this.#write({ kind: 'ack', body: { ack } });
  }

  /** The next reply in the table's words, with what it is asked for alone. */
  async receive(asked: Step): Promise<Step> {
    for (;;) {
      const next = await this.#take();
      assert.ok(!next.done, 'the connection ended');
      const { header, payloadOffset } = decodeFrame(codec, next.value);
      if (header.kind === 'layout') this.#reader.learn(header.body);
      else if (header.kind === 'reply') return this.#describe(header.body, next.value, payloadOffset, asked);
      else assert.equal(header.kind, 'spec');
    }
  }

  async ended(): Promise<void> {
    for (;;) if ((await this.#take()).done) return;
  }

  /** Nothing comes for so many seconds. */
  async quiet(seconds: number): Promise<void> {
    const next = (this.#next ??= this.#greeted.frames.next());
    expect(await Promise.race([next, sleep(seconds * 1000, 'nothing')])).toBe('nothing');
  }

  close(): PromiseLike<void> {
    return this.#greeted.channel[Symbol.asyncDispose]();
  }

  #describe(reply: Reply, bytes: Uint8Array, offset: number, asked: Step): Step {
    const blocks = this.#reader.read(reply.blocks, bytes, offset).map((tensors, i) => {
      const { tensors: described } = this.#reader.get(reply.blocks[i]!.layout);
      return new Map(described.map(({ name }, k) => [name, tensors[k]!.data[0]]));
    });
    const sums = blocks.map((block) => block.get('obs') ?? block.get('obs/sum'));
    const said: Step = {
      seq: reply.seq,
      sum: sums[0],
      sums,
      error: reply.error?.code,
      replayed: reply.replayed,
      ended: [blocks.at(-1)?.get('terminated'), blocks.at(-1)?.get('truncated')].includes(1),
    };
    return Object.fromEntries(Object.keys(asked).map((key) => [key, said[key]]));
  }

  #take(): Promise<IteratorResult<Uint8Array>> {
    const next = this.#next ?? this.#greeted.frames.next();
    this.#next = undefined;
    return next;
  }

  #write(header: HeaderToSend): Promise<void> {
    return this.#greeted.channel.send(encodeFrame(codec, header));
  }
}

class Conversation {
  #data!: DataClient;
  #old!: DataClient;
  #observer!: DataClient;
  #control!: GreetedChannel;
  readonly #service: SimulatorService;
  readonly #transport: ReturnType<typeof createMemoryTransport>;

  constructor(service: SimulatorService, transport: ReturnType<typeof createMemoryTransport>) {
    this.#service = service;
    this.#transport = transport;
  }

  async begin(): Promise<void> {
    this.#control = await this.#greet(Role.control, {});
    this.#data = new DataClient(await this.#greet(Role.data, {}));
    await this.#data.send({ op: 'reset', seq: 1, ack: 0 });
    assert.deepEqual(await this.#data.receive({ seq: 1, sum: 0 }), { seq: 1, sum: 0 });
  }

  async take(step: Step): Promise<void> {
    if (step.send) await this.#data.send(step.send as Step);
    else if (step.receive) expect(await this.#data.receive(step.receive as Step)).toEqual(step.receive);
    else if (step.ack) await this.#data.ack(step.ack as number);
    else if (step.quiet) await this.#data.quiet(step.quiet as number);
    else if (step.cut) await this.#data.close();
    else if (step.oldEnds) await this.#old.ended();
    else if (step.observer)
      this.#observer = new DataClient(await this.#greet(Role.observer, step.observer as Step));
    else if (step.observerSends) await this.#observer.send(step.observerSends as Step);
    else if (step.shown) expect(await this.#observer.receive({ sum: 0 })).toEqual({ sum: step.shown });
    else if (step.controlEnds) await this.#controlEnds(step.controlEnds as string);
    else await this.#dial(step);
  }

  async #dial(step: Step): Promise<void> {
    const role = step.data ? Role.data : Role.control;
    const greeted = this.#greet(role, (step.data ?? step.control) as Step);
    if (step.refused) {
      const { refused: code, details = {} } = step;
      await expect(greeted).rejects.toMatchObject({ code, details });
      return;
    }
    const { welcome } = await greeted;
    expect(welcome).toMatchObject(step.welcome as Step);
    // who takes over ends the data of whom it takes over
    this.#old = this.#data;
    if (step.data) this.#data = new DataClient(await greeted);
  }

  async #controlEnds(code: string): Promise<void> {
    for (;;) {
      const next = await this.#control.frames.next();
      assert.ok(!next.done, 'control ended without a word');
      const { header } = decodeFrame(codec, next.value);
      if (header.kind !== 'goodbye') continue;
      expect(header.body.code).toBe(code);
      return;
    }
  }

  async #greet(
    role: Greeting['role'],
    { client = 'first', resume, ...hello }: Step,
  ): Promise<GreetedChannel> {
    const { session, token } = this.#service;
    return greet(await this.#transport.connect(), {
      ...{ client: client as string, user: `${client as string}@here`, codec, token, role, fence: 1 },
      ...hello,
      ...(resume !== undefined && { resume: { session, epoch: 1, ack: 0, ...(resume as object) } }),
    });
  }
}

test.each(cases.map((each) => [each.name, each] as const))('%s', async (_, { do: steps, ...given }) => {
  const transport = createMemoryTransport();
  const simulator = createCounter(given);
  await using service = await serve({ simulator, transport, address: 'memory', codecs: [codec] });
  const conversation = new Conversation(service, transport);
  await conversation.begin();
  for (const step of steps) await conversation.take(step);
});
