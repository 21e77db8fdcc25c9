import type { Channel, Transport } from '../ports/transport.ts';
import { FrameQueue } from '../session/channels/frame-queue.ts';
import { DelayLine } from './delay-line.ts';

export interface Disturbance {
  /** Asked for each frame, in either direction: milliseconds until it arrives. */
  readonly delayMs: () => number;
  /** Asked for each frame: whether the link breaks instead of carrying it. Left out: never. */
  readonly breaks?: () => boolean;
}

/** A transport over a far link that may break: all its channels end then, and what was on its way is lost, in both directions. */
export function disturbedTransport(inner: Transport, disturbance: Disturbance): Transport {
  const cuts = new Set<() => void>();
  return {
    ...(inner.host && { host: inner.host }),
    connect: async (address, options) =>
      disturbedChannel(await inner.connect!(address, options), disturbance, cuts),
    [Symbol.asyncDispose]: () => inner[Symbol.asyncDispose](),
  };
}

function disturbedChannel(
  channel: Channel,
  { delayMs, breaks = () => false }: Disturbance,
  cuts: Set<() => void>,
): Channel {
  const there = new DelayLine();
  const back = new DelayLine();
  const queue = new FrameQueue({});
  const cut = (): void => {
    there.stop();
    back.stop();
    queue.end();
    void channel[Symbol.asyncDispose]();
  };
  cuts.add(cut);
  void channel.closed.then(() => cuts.delete(cut));
  const carry = (line: DelayLine, act: () => void): void => {
    if (breaks()) for (const each of cuts) each();
    else line.add(act, delayMs());
  };
  void (async () => {
    for await (const frame of channel.receive()) carry(back, () => queue.push(frame));
    back.add(() => queue.end(), 0);
  })().catch(() => queue.end());
  return {
    closed: channel.closed,
    limitFrames: (bytes) => channel.limitFrames(bytes),
    send: async (parts) => {
      const frame = [Buffer.concat(parts)];
      carry(there, () => void channel.send(frame).catch(() => undefined));
    },
    receive: () => queue.iterate(),
    async [Symbol.asyncDispose]() {
      queue.drop();
      await channel[Symbol.asyncDispose]();
    },
  };
}
