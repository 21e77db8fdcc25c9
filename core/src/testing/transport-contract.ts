import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { isFarsimError } from '../model/errors.ts';
import type { Address, Channel, Transport } from '../ports/transport.ts';
import { preambleOf } from '../session/handshake.ts';
import { wireLimits } from '../session/limits.ts';
import type { ContractRule } from './contract.ts';
import { frameAround, hangUp } from './echo-peer.ts';

/** Path of a program that any `node` runs as an echo peer on its standard input and output. */
export const echoProgram = fileURLToPath(new URL('./echo-program.js', import.meta.url));

export interface TransportUnderTest extends AsyncDisposable {
  readonly transport: Transport;
  /** Where an echo peer answers each connection: {@link echoProgram} or a listener that calls `echoFrames`. */
  readonly echo: Address;
  /** Where nobody answers. */
  readonly nobody: Address;
}

/** What every transport that dials owes its users. */
export function transportContract(open: () => Promise<TransportUnderTest>): ContractRule[] {
  const rules: ContractRule[] = [];
  const rule = (
    fact: string,
    check: (dialled: Dialled, tested: TransportUnderTest) => Promise<void>,
    end?: Pick<ContractRule, 'closes'>,
  ): void => {
    rules.push({ fact, check: () => withPeer(open, check), ...end });
  };

  rule('gives the peer its preamble and back, first', async ({ preamble }) => {
    assert.deepEqual(preamble, preambleOf(1));
  });
  for (const size of [0, 1, 480, 65_536, 1 << 20, 5_000_000]) {
    rule(
      `carries a frame of ${size} bytes unchanged, in 8-aligned memory of its own`,
      async ({ channel, frames }) => {
        channel.limitFrames(wireLimits.frameBytes);
        const body = patterned(size, size);
        const [, sent] = [await channel.send(frameAround(body)), Buffer.concat(frameAround(body))];
        const frame = await nextFrame(frames);
        assert.equal(Buffer.compare(frame, sent), 0, 'the frame came back changed');
        assert.equal(frame.byteOffset % 8, 0, 'the frame is not at an 8-aligned address');
        assert.equal(
          frame.buffer.byteLength,
          frame.length,
          'the frame shares its memory with something else',
        );
      },
    );
  }
  rule(
    'carries 10,000 small frames in order, sent without waiting for the answers',
    async ({ channel, frames }) => {
      const count = 10_000;
      const sending = (async () => {
        for (let i = 0; i < count; i++) await channel.send(frameAround(patterned(i % 97, i)));
      })();
      for (let i = 0; i < count; i++) {
        assert.equal(
          Buffer.compare((await nextFrame(frames)).subarray(4), patterned(i % 97, i)),
          0,
          `frame ${i} is not the one that was sent`,
        );
      }
      await sending;
    },
  );
  rule('joins parts of any size into one frame', async ({ channel, frames }) => {
    channel.limitFrames(wireLimits.frameBytes);
    const parts = [3, 40_000, 0, 70_000, 5, 5, 300_000, 1].map((size, i) => patterned(size, i));
    const body = Buffer.concat(parts);
    await channel.send([frameAround(body)[0]!, ...parts]);
    assert.equal(
      Buffer.compare((await nextFrame(frames)).subarray(4), body),
      0,
      'the parts were not joined in order',
    );
  });
  rule(
    'lets the sender wait while the peer does not read, and loses nothing',
    async ({ channel, frames }) => {
      channel.limitFrames(wireLimits.frameBytes);
      const body = patterned(1 << 20, 7);
      let sent = 0;
      let blocked: Promise<void> | undefined;
      while (!blocked) {
        assert.ok(sent < 64, 'sending 64 MiB that nobody reads never waited');
        const sending = channel.send(frameAround(body));
        if (!(await settlesWithin(sending, 500))) blocked = sending;
        sent++;
      }
      for (let i = 0; i < sent; i++) assert.equal((await nextFrame(frames)).length, body.length + 4);
      await blocked;
    },
  );
  rule('refuses a frame over the limit once its predecessors were read', async ({ channel, frames }) => {
    await channel.send(frameAround(patterned(10, 1)));
    await channel.send(frameAround(patterned(wireLimits.unacceptedFrameBytes + 1, 2)));
    assert.equal((await nextFrame(frames)).length, 14);
    await rejectsWith('LIMIT_EXCEEDED', () => frames.next());
    assert.equal((await channel.closed).kind, 'failure');
  });
  rule(
    'takes a large frame when the limit is raised after the frame before it',
    async ({ channel, frames }) => {
      await channel.send(frameAround(patterned(10, 1)));
      await channel.send(frameAround(patterned(200_000, 2)));
      await nextFrame(frames);
      await sleep(50);
      channel.limitFrames(wireLimits.frameBytes);
      assert.equal((await nextFrame(frames)).length, 200_004);
    },
  );
  rule(
    'delivers what the peer sent before it hung up, then ends with reason peer',
    async ({ channel, frames }) => {
      await channel.send(frameAround(patterned(100, 1)));
      await channel.send(frameAround(Buffer.from(hangUp)));
      assert.equal((await nextFrame(frames)).length, 104);
      assert.equal((await frames.next()).done, true);
      assert.equal((await channel.closed).kind, 'peer');
      await rejectsWith('LINK_LOST', () => channel.send(frameAround(patterned(1, 1))));
    },
  );
  rule(
    'ends a waiting reader when this side closes, with reason local; closing twice is fine',
    async ({ channel, frames }) => {
      const waiting = frames.next();
      await channel[Symbol.asyncDispose]();
      await channel[Symbol.asyncDispose]();
      assert.equal((await waiting).done, true);
      assert.equal((await channel.closed).kind, 'local');
      await rejectsWith('LINK_LOST', () => channel.send(frameAround(patterned(1, 1))));
    },
  );
  rule('fails a send that waits when the channel closes', async ({ channel }) => {
    const sends = Array.from({ length: 64 }, () => channel.send(frameAround(patterned(1 << 20, 7))));
    const outcomes = Promise.allSettled(sends);
    await sleep(50);
    await channel[Symbol.asyncDispose]();
    const failed = (await outcomes).filter(({ status }) => status === 'rejected') as PromiseRejectedResult[];
    assert.ok(failed.length > 0, 'every send of 64 MiB resolved though nobody read');
    for (const { reason } of failed) assert.equal(isFarsimError(reason) && reason.code, 'LINK_LOST');
  });
  rule('keeps its channels apart', async ({ channel, frames }, { transport, echo }) => {
    await using other = await dial(transport, echo);
    await channel.send(frameAround(patterned(50, 1)));
    await other.channel.send(frameAround(patterned(60, 2)));
    assert.equal((await nextFrame(other.frames)).length, 64);
    assert.equal((await nextFrame(frames)).length, 54);
    await other.channel[Symbol.asyncDispose]();
    await channel.send(frameAround(patterned(70, 3)));
    assert.equal((await nextFrame(frames)).length, 74);
  });
  rule('says LINK_LOST or HOST_UNREACHABLE where nobody answers', async (_, { transport, nobody }) => {
    const attempt = async (): Promise<void> => {
      const channel = await transport.connect!(nobody);
      await channel.closed;
      await channel.send([preambleOf(1)]);
    };
    await assert.rejects(
      attempt,
      (error) => isFarsimError(error) && ['LINK_LOST', 'HOST_UNREACHABLE'].includes(error.code),
    );
  });
  rule('does not dial when its signal was aborted', async (_, { transport, echo }) => {
    await rejectsWith('INTERRUPTED', () => transport.connect!(echo, { signal: AbortSignal.abort() }));
  });
  rule(
    'closes its channels when it is closed, and dials no more',
    async ({ channel }, { transport, echo }) => {
      await transport[Symbol.asyncDispose]();
      await transport[Symbol.asyncDispose]();
      assert.equal((await channel.closed).kind, 'local');
      await rejectsWith('CLOSED', () => transport.connect!(echo));
    },
    { closes: true },
  );
  return rules;
}

interface Dialled extends AsyncDisposable {
  readonly channel: Channel;
  /** After the preamble. */
  readonly frames: AsyncIterator<Uint8Array>;
  readonly preamble: Uint8Array;
}

async function withPeer(
  open: () => Promise<TransportUnderTest>,
  check: (dialled: Dialled, tested: TransportUnderTest) => Promise<void>,
): Promise<void> {
  await using tested = await open();
  await using dialled = await dial(tested.transport, tested.echo);
  await check(dialled, tested);
}

async function dial(transport: Transport, address: Address): Promise<Dialled> {
  const channel = await transport.connect!(address);
  await channel.send([preambleOf(1)]);
  const frames = channel.receive()[Symbol.asyncIterator]();
  return {
    channel,
    frames,
    preamble: await nextFrame(frames),
    [Symbol.asyncDispose]: () => channel[Symbol.asyncDispose](),
  };
}

async function nextFrame(frames: AsyncIterator<Uint8Array>): Promise<Uint8Array> {
  const next = await frames.next();
  if (next.done) assert.fail('the channel ended where a frame was due');
  return next.value;
}

async function rejectsWith(code: string, attempt: () => Promise<unknown>): Promise<void> {
  await assert.rejects(attempt, (error) => {
    assert.equal(isFarsimError(error) ? error.code : error, code);
    return true;
  });
}

async function settlesWithin(promise: Promise<void>, ms: number): Promise<boolean> {
  const settled = promise.then(() => true);
  return Promise.race([settled, sleep(ms, false)]);
}

function patterned(size: number, seed: number): Uint8Array {
  const bytes = new Uint8Array(size);
  for (let i = 0, x = seed * 2654435761 + 1; i < size; i++)
    bytes[i] = (x = (x * 1103515245 + 12345) & 0x7fffffff) >>> 16;
  return bytes;
}
