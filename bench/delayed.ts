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
  const there = new DelayLine(oneWayMs);
  return {
    closed: channel.closed,
    limitFrames: (bytes) => channel.limitFrames(bytes),
    send: async (parts) => {
      const frame = [Buffer.concat(parts)];
      there.add(() => void channel.send(frame).catch(() => undefined));
    },
    receive: () => delayed(channel.receive(), new DelayLine(oneWayMs)),
    [Symbol.asyncDispose]: () => channel[Symbol.asyncDispose](),
  };
}

async function* delayed(frames: AsyncIterable<Uint8Array>, line: DelayLine): AsyncGenerator<Uint8Array> {
  const travelling: Promise<Uint8Array>[] = [];
  let wake: () => void = () => undefined;
  let ended = false;
  const collect = (async () => {
    for await (const frame of frames) {
      travelling.push(new Promise((resolve) => line.add(() => resolve(frame))));
      wake();
    }
  })().finally(() => {
    ended = true;
    wake();
  });
  for (;;) {
    const next = travelling.shift();
    if (next) yield await next;
    else if (ended) break;
    else await new Promise<void>((resolve) => (wake = resolve));
  }
  await collect;
}

/** Does things in the order they were added, each so many milliseconds later. */
class DelayLine {
  readonly #ms: number;
  readonly #waiting: { readonly due: number; readonly act: () => void }[] = [];

  constructor(ms: number) {
    this.#ms = ms;
  }

  add(act: () => void): void {
    if (this.#waiting.push({ due: performance.now() + this.#ms, act }) === 1) this.#wait();
  }

  /** Timers are a millisecond coarse: sleeps until shortly before and then lets the event loop turn. */
  #wait(): void {
    const left = this.#waiting[0]!.due - performance.now();
    if (left > 1) setTimeout(() => this.#spin(), left - 1);
    else setImmediate(() => this.#spin());
  }

  #spin(): void {
    while (this.#waiting.length > 0 && this.#waiting[0]!.due <= performance.now())
      this.#waiting.shift()!.act();
    if (this.#waiting.length > 0) this.#wait();
  }
}
