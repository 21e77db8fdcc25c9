import { FarsimError, isFarsimError } from '../../model/errors.ts';
import type { Event, HeaderToSend, Pong, Welcome } from '../../model/messages.ts';
import { Op } from '../../model/messages.ts';
import type { Codec } from '../../ports/codec.ts';
import { errorFromFailure, errorFromReport } from '../far-errors.ts';
import { decodeFrame, encodeFrame } from '../wire/frame-format.ts';
import type { GreetedChannel } from '../handshake.ts';

const pingEveryMs = 1_000;
/** How often silence is looked at, so that it is noticed a quarter of a second late at most. */
const lookEveryMs = 250;
const silenceMs = 3_000;

export interface ControlEvents {
  /** A phase, a progress line, a warning or a crash, in the far side's order. */
  readonly onEvent?: (event: Event) => void;
}

/**
 * The supervisor's channel. It alone judges whether the link lives: nothing heard for 3 s, while this process itself was
 * running, is death. Calls fail with the error that ended it.
 */
export class ControlLink implements AsyncDisposable {
  readonly welcome: Welcome;
  /** Settles with what ended the link or the simulator; never rejects. */
  readonly ended: Promise<FarsimError>;
  #end!: (error: FarsimError) => void;
  #endError: FarsimError | undefined;
  #phase: string;
  readonly #greeted: GreetedChannel;
  readonly #codec: Codec;
  readonly #events: ControlEvents;
  readonly #phaseWaiters = new Set<() => void>();
  readonly #calls = new Map<
    number,
    { resolve: (value: string) => void; reject: (error: FarsimError) => void }
  >();
  #lastCall = 0;
  #lastPing = 0;
  #pingedAt = 0;
  readonly #pings = new Map<
    number,
    { resolve: (seconds: number) => void; reject: (error: FarsimError) => void }
  >();
  #lastHeard = performance.now();
  #lastTick = performance.now();
  #lastPong: Pong | undefined;
  readonly #ticker: NodeJS.Timeout;

  constructor(greeted: GreetedChannel, codec: Codec, events: ControlEvents = {}) {
    this.#greeted = greeted;
    this.#codec = codec;
    this.#events = events;
    this.welcome = greeted.welcome;
    this.#phase = greeted.welcome.phase;
    this.ended = new Promise((resolve) => (this.#end = resolve));
    this.#ticker = setInterval(() => this.#tick(), lookEveryMs);
    void this.#listen();
  }

  /** `queued boot launching creating probing ready closing failed` */
  get phase(): string {
    return this.#phase;
  }

  /** What the far side last said of itself. */
  get lastPong(): Pong | undefined {
    return this.#lastPong;
  }

  /** Resolves when the simulator is ready. Throws what kept it from becoming so, or INTERRUPTED when `signal` aborts. */
  async ready(signal?: AbortSignal): Promise<void> {
    while (this.#phase !== 'ready') {
      if (this.#endError) throw this.#endError;
      if (signal?.aborted) throw new FarsimError('INTERRUPTED', 'stopped while the simulator was starting');
      await new Promise<void>((resolve) => {
        this.#phaseWaiters.add(resolve);
        signal?.addEventListener('abort', () => resolve(), { once: true });
      });
    }
  }

  /** Asks the supervisor; the answer is JSON text. */
  call(op: Op, options: object = {}): Promise<string> {
    if (this.#endError) return Promise.reject(this.#endError);
    const seq = ++this.#lastCall;
    return new Promise((resolve, reject) => {
      this.#calls.set(seq, { resolve, reject });
      this.#send({ kind: 'request', body: { seq, op, options: JSON.stringify(options) } });
    });
  }

  /** Seconds that one ping takes there and back: the link's own time. Throws what ended the link. */
  roundTrip(): Promise<number> {
    if (this.#endError) return Promise.reject(this.#endError);
    return new Promise((resolve, reject) => {
      const id = ++this.#lastPing;
      this.#pings.set(id, { resolve, reject });
      this.#send({ kind: 'ping', body: { id, sent: performance.now() / 1000 } });
    });
  }

  /** Asks for the simulator's end and waits until the supervisor says that nothing is left of it, at most `waitMs`. */
  async close(waitMs: number, options: { readonly now?: boolean } = {}): Promise<void> {
    if (this.#endError) return;
    const answered = this.call(Op.close, options).then(
      () => undefined,
      (error: unknown) => error,
    );
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<void>((resolve) => (timer = setTimeout(resolve, waitMs)));
    await Promise.race([Promise.all([answered, this.#greeted.channel.closed]), late]);
    clearTimeout(timer);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#finish(new FarsimError('CLOSED', 'the session was closed'));
    await this.#greeted.channel[Symbol.asyncDispose]();
  }

  async #listen(): Promise<void> {
    try {
      for (;;) {
        const next = await this.#greeted.frames.next();
        if (next.done) break;
        this.#lastHeard = performance.now();
        this.#take(next.value);
      }
      const reason = await this.#greeted.channel.closed;
      this.#finish(
        new FarsimError('LINK_LOST', `the control connection ended: ${reason.message ?? reason.kind}`),
      );
    } catch (error) {
      this.#finish(
        isFarsimError(error)
          ? error
          : new FarsimError('LINK_LOST', (error as Error).message, { cause: error }),
      );
    }
  }

  #take(bytes: Uint8Array): void {
    const { header } = decodeFrame(this.#codec, bytes);
    switch (header.kind) {
      case 'event':
        this.#takeEvent(header.body);
        break;
      case 'reply': {
        const call = this.#calls.get(header.body.seq);
        this.#calls.delete(header.body.seq);
        if (header.body.error) call?.reject(errorFromFailure(header.body.error));
        else call?.resolve(header.body.value);
        break;
      }
      case 'ping':
        this.#send({
          kind: 'pong',
          body: { id: header.body.id, sent: header.body.sent, received: performance.now() / 1000 },
        });
        break;
      case 'pong':
        this.#lastPong = header.body;
        this.#pings.get(header.body.id)?.resolve(performance.now() / 1000 - header.body.sent);
        this.#pings.delete(header.body.id);
        break;
      case 'goodbye':
        this.#finish(errorFromReport({ code: header.body.code, message: header.body.reason }));
        break;
      default:
        throw new FarsimError('DECODE_FAILED', `${header.kind} does not belong on the control channel`);
    }
  }

  #takeEvent(event: Event): void {
    if (event.kind === 'phase') this.#phase = event.text;
    this.#events.onEvent?.(event);
    if (event.kind === 'crashed')
      this.#finish(errorFromReport(JSON.parse(event.data) as Record<string, unknown>));
    this.#wake();
  }

  #tick(): void {
    const now = performance.now();
    // a stall of our own, such as a stopped process, is no silence of theirs
    if (now - this.#lastTick > 2 * pingEveryMs)
      this.#lastHeard = Math.max(this.#lastHeard, now - silenceMs + pingEveryMs);
    this.#lastTick = now;
    if (now - this.#lastHeard > silenceMs) {
      const seconds = ((now - this.#lastHeard) / 1000).toFixed(1);
      this.#finish(new FarsimError('LINK_LOST', `nothing heard from the far side for ${seconds} s`));
      return;
    }
    if (now - this.#pingedAt < pingEveryMs - lookEveryMs / 2) return;
    this.#pingedAt = now;
    this.#send({ kind: 'ping', body: { id: ++this.#lastPing, sent: now / 1000 } });
  }

  #send(header: HeaderToSend): void {
    // a failed write ends the channel, and #listen tells why
    this.#greeted.channel.send(encodeFrame(this.#codec, header)).catch(() => undefined);
  }

  #finish(error: FarsimError): void {
    if (this.#endError) return;
    this.#endError = error;
    clearInterval(this.#ticker);
    for (const call of this.#calls.values()) call.reject(error);
    this.#calls.clear();
    for (const ping of this.#pings.values()) ping.reject(error);
    this.#pings.clear();
    this.#end(error);
    this.#wake();
  }

  #wake(): void {
    for (const wake of this.#phaseWaiters) wake();
    this.#phaseWaiters.clear();
  }
}
