import { FarsimError } from '../../model/errors.ts';
import type { Channel } from '../../ports/transport.ts';
import { preambleOf } from '../../session/handshake.ts';
import { wireLimits } from '../../session/limits.ts';

const pings = 200;
const pingMs = 1_500;
const largeBytes = 65_536;
const larges = 30;
const largeMs = 1_500;
const probeBytes = 256 << 10;
const mostBytes = 16 << 20;
/** One transfer that takes so long is long enough. */
const enoughMs = 300;
/** Nagle's algorithm and a delayed acknowledgement wait 40 ms for each other. */
const stallSeconds = 0.025;

/** What a link to a far machine can do; seconds and bytes a second. */
export interface LinkMeasure {
  readonly roundTrip: { readonly p50: number; readonly p99: number; readonly count: number };
  /** A request of a few bytes and a reply of 64 KiB: median. */
  readonly largeReply: number;
  /** That reply takes about 40 ms longer than its bytes need. */
  readonly stalls: boolean;
  readonly down: number;
  readonly up: number;
  /** The far clock minus this one, and how far off that may be. */
  readonly clockOffset: { readonly seconds: number; readonly within: number };
}

/** Measures the link to the bridge's `echo` on the other end of a channel; takes about 4 s at most on a link that is not very slow. Throws LINK_LOST. */
export async function measureLink(channel: Channel): Promise<LinkMeasure> {
  const peer = await EchoPeer.greet(channel);
  const small = await repeat(pings, pingMs, () => peer.ask(0));
  const large = await repeat(larges, largeMs, () => peer.ask(largeBytes));
  const down = await fill((bytes) => peer.ask(bytes));
  const up = await fill((bytes) => peer.ask(0, bytes));
  const times = small.map(({ seconds }) => seconds).toSorted((a, b) => a - b);
  const roundTrip = { p50: quantile(times, 0.5), p99: quantile(times, 0.99), count: times.length };
  const largeReply = quantile(
    large.map(({ seconds }) => seconds).toSorted((a, b) => a - b),
    0.5,
  );
  const nearest = small.reduce((best, answer) => (answer.seconds < best.seconds ? answer : best));
  return {
    roundTrip,
    largeReply,
    stalls: isStall(roundTrip.p50, largeReply, down),
    down,
    up,
    clockOffset: { seconds: nearest.clock - nearest.middle, within: nearest.seconds / 2 },
  };
}

/** True when a reply of 64 KiB takes longer than the round trip and its bytes explain. */
export function isStall(roundTrip: number, largeReply: number, bytesPerSecond: number): boolean {
  return largeReply - roundTrip - largeBytes / bytesPerSecond > stallSeconds;
}

interface EchoAnswer {
  readonly seconds: number;
  /** The far clock, and this one in the middle of the round trip; seconds since the epoch. */
  readonly clock: number;
  readonly middle: number;
}

class EchoPeer {
  readonly #channel: Channel;
  readonly #frames: AsyncIterator<Uint8Array>;

  private constructor(channel: Channel, frames: AsyncIterator<Uint8Array>) {
    this.#channel = channel;
    this.#frames = frames;
  }

  static async greet(channel: Channel): Promise<EchoPeer> {
    const peer = new EchoPeer(channel, channel.receive()[Symbol.asyncIterator]());
    await channel.send([preambleOf(1)]);
    await peer.#next();
    channel.limitFrames(wireLimits.frameBytes);
    return peer;
  }

  /** Sends `sent` bytes and gets `wanted` back. */
  async ask(wanted: number, sent = 0): Promise<EchoAnswer> {
    const frame = new Uint8Array(8 + sent);
    const view = new DataView(frame.buffer);
    view.setUint32(0, 4 + sent, true);
    view.setUint32(4, wanted, true);
    const began = performance.now();
    await this.#channel.send([frame]);
    const answer = await this.#next();
    const ended = performance.now();
    const clock = new DataView(answer.buffer, answer.byteOffset).getFloat64(4, true);
    const middle = (performance.timeOrigin + (began + ended) / 2) / 1000;
    return { seconds: (ended - began) / 1000, clock, middle };
  }

  async #next(): Promise<Uint8Array> {
    const next = await this.#frames.next();
    if (!next.done) return next.value;
    const reason = await this.#channel.closed;
    throw new FarsimError(
      'LINK_LOST',
      `the link ended while it was measured: ${reason.stderr?.trim() || reason.kind}`,
    );
  }
}

async function repeat(count: number, ms: number, ask: () => Promise<EchoAnswer>): Promise<EchoAnswer[]> {
  const until = performance.now() + ms;
  const answers = [await ask()];
  while (answers.length < count && performance.now() < until) answers.push(await ask());
  return answers;
}

/** Bytes a second, of a transfer that is doubled until it takes long enough. */
async function fill(ask: (bytes: number) => Promise<EchoAnswer>): Promise<number> {
  for (let bytes = probeBytes; ; bytes *= 4) {
    const { seconds } = await ask(bytes);
    if (seconds * 1000 > enoughMs || bytes >= mostBytes) return bytes / seconds;
  }
}

function quantile(sorted: readonly number[], share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))]!;
}
