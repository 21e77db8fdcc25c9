import { FarsimError } from '../../model/errors.ts';
import type { Reply, Request, Sendable } from '../../model/messages.ts';
import type { Codec } from '../../ports/codec.ts';
import type { Channel } from '../../ports/transport.ts';
import { decodeFrame, encodeFrame } from '../../session/wire/frame-format.ts';
import { LayoutReader, LayoutWriter, type NamedTensor } from '../../session/wire/layouts.ts';
import { wireLimits } from '../../session/limits.ts';
import type { Applied } from './apply-request.ts';
import { sendReply } from './observer-feed.ts';
import { reachedSimulator, type ServedSimulator } from './served-simulator.ts';

/** What a header holds beside its texts. */
const spareBytes = 64 << 10;

/** Answers the requests of one data connection, one at a time, until it ends. */
export class DataServer {
  readonly #served: ServedSimulator;
  readonly #channel: Channel;
  readonly #codec: Codec;
  readonly #layoutsIn = new LayoutReader();
  readonly #layoutsOut = new LayoutWriter();

  constructor(served: ServedSimulator, channel: Channel, codec: Codec) {
    this.#served = served;
    this.#channel = channel;
    this.#codec = codec;
  }

  async run(frames: AsyncIterator<Uint8Array>): Promise<void> {
    await this.#channel.send(encodeFrame(this.#codec, this.#served.specMessage));
    const { gate } = this.#served;
    const waiting: (() => Promise<void>)[] = [];
    for (;;) {
      const next = await frames.next();
      if (next.done) return;
      const { header, bytes, payloadOffset } = decodeFrame(this.#codec, next.value);
      if (header.kind === 'layout') this.#layoutsIn.learn(header.body);
      else if (header.kind === 'ack') gate.acknowledge(header.body.ack);
      else if (header.kind === 'request') {
        const { body } = header;
        const received = performance.now();
        const answer = (): Promise<void> =>
          this.#served.inTurn(() => this.#request(body, bytes, payloadOffset, received));
        gate.acknowledge(body.ack);
        if (waiting.length > 0 || (!gate.mayStart && body.seq > gate.applied)) waiting.push(answer);
        else await answer();
      } else throw new FarsimError('DECODE_FAILED', `${header.kind} does not belong on the data channel`);
      while (waiting.length > 0 && gate.mayStart) await waiting.shift()!();
    }
  }

  async #request(
    request: Request,
    bytes: Uint8Array,
    payloadOffset: number,
    received: number,
  ): Promise<void> {
    const tensors = this.#layoutsIn.read(request.blocks, bytes, payloadOffset);
    const blocks = tensors.map((read, i) => {
      const layout = this.#layoutsIn.get(request.blocks[i]!.layout);
      return read.map((tensor, k): NamedTensor => ({ name: layout.tensors[k]!.name, tensor }));
    });
    const { gate } = this.#served;
    const verdict = gate.judge(request, (performance.now() - received) / 1000);
    if (verdict.kind === 'replay') {
      await this.#reply({ ...verdict.reply.reply, replayed: true }, verdict.reply.applied);
      return;
    }
    const started = performance.now();
    const { applied, error } = sendable(
      verdict.kind === 'apply'
        ? await this.#served.apply(request, blocks)
        : { applied: { blocks: [] }, error: new FarsimError(verdict.code, verdict.message) },
    );
    const finished = performance.now();
    const reply: Sendable<Reply> = {
      seq: request.seq,
      value: applied.value,
      received: received / 1000,
      started: started / 1000,
      finished: finished / 1000,
      encoded: performance.now() / 1000,
      ...this.#served.ledgerHead,
      error: error && {
        code: error.code,
        message: error.message,
        suggestions: error.suggestions,
        details: JSON.stringify(error.details),
        applied: verdict.kind === 'apply' && reachedSimulator(error),
      },
    };
    if (verdict.kind === 'apply' || verdict.uses) {
      const size = applied.blocks.reduce(
        (sum, { tensors: named }) => sum + named.reduce((n, { tensor }) => n + tensor.data.byteLength, 0),
        256,
      );
      gate.keep(request, { bytes: size, reply, applied }, error !== undefined, applied.endedAnEnv ?? false);
    }
    try {
      await this.#reply(reply, applied);
    } finally {
      // also when the link broke: what was applied is in the ledger
      if (verdict.kind === 'apply') this.#served.enter(request, blocks, applied, error);
      this.#served.observers.show(reply, applied);
    }
  }

  #reply(reply: Sendable<Reply>, applied: Applied): Promise<void> {
    return sendReply(this.#channel, this.#codec, this.#layoutsOut, reply, applied.blocks);
  }
}

interface Outcome {
  readonly applied: Applied;
  readonly error?: FarsimError;
}

/** A reply whose texts fit no header tells so instead: what was applied stays applied, and the connection lives. */
function sendable(outcome: Outcome): Outcome {
  const { blocks, value = '' } = outcome.applied;
  const texts = [value, ...blocks.flatMap(({ info, finalInfo }) => [info, finalInfo])];
  const bytes = texts.reduce((sum, text) => sum + Buffer.byteLength(text), 0);
  if (bytes <= wireLimits.headerBytes - spareBytes) return outcome;
  const error = new FarsimError(
    'LIMIT_EXCEEDED',
    `the info of this reply has ${bytes} bytes of text; the limit is ${wireLimits.headerBytes - spareBytes}`,
    { suggestions: ['give numbers as arrays, and long texts by another way'] },
  );
  return { applied: { ...outcome.applied, blocks: [], value: '' }, error };
}
