import type { Channel, Transport } from '@farsim/core';

/** A transport whose frames arrive `oneWayMs` later in both directions: a distance, without loss. */
export function delayedTransport(inner: Transport, oneWayMs: number): Transport {
  return {
    ...(inner.host && { host: inner.host }),
    connect: async (address, options) => delayedChannel(await inner.connect!(address, options), oneWayMs),
    [Symbol.asyncDispose]: () => inner[Symbol.asyncDispose](),
  };
}

function delayedChannel(channel: Channel, oneWayMs: number): Channel {
  return {
    closed: channel.closed,
    limitFrames: (bytes) => channel.limitFrames(bytes),
    send: async (parts) => {
      const frame = [Buffer.concat(parts)];
      after(oneWayMs, () => void channel.send(frame).catch(() => undefined));
    },
    receive: () => delayed(channel.receive(), oneWayMs),
    [Symbol.asyncDispose]: () => channel[Symbol.asyncDispose](),
  };
}

async function* delayed(frames: AsyncIterable<Uint8Array>, oneWayMs: number): AsyncGenerator<Uint8Array> {
  const travelling: Promise<Uint8Array | undefined>[] = [];
  let wake: () => void = () => undefined;
  let ended = false;
  const collect = (async () => {
    for await (const frame of frames) {
      travelling.push(new Promise((resolve) => after(oneWayMs, () => resolve(frame))));
      wake();
    }
  })().finally(() => {
    ended = true;
    wake();
  });
  for (;;) {
    const next = travelling.shift();
    if (next) yield (await next)!;
    else if (ended) break;
    else await new Promise<void>((resolve) => (wake = resolve));
  }
  await collect;
}

/** Timers are a millisecond coarse: sleeps until shortly before and then lets the event loop turn. */
function after(ms: number, then: () => void): void {
  const due = performance.now() + ms;
  const wait = (): void => void (performance.now() >= due ? then() : setImmediate(wait));
  setTimeout(wait, Math.max(0, ms - 1));
}
