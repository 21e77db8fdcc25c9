import { FarsimError, toFarsimError } from '../../model/errors.ts';
import type { Event, Op, Pong, Resume, Welcome } from '../../model/messages.ts';
import type { Codec } from '../../ports/codec.ts';
import { ControlLink } from './control-link.ts';
import type { GreetedChannel } from '../handshake.ts';
import { longestTimerMs } from '../limits.ts';
import { isLinkLoss, redial } from '../redial.ts';

const noticeEveryMs = 5_000;

export interface ControlOptions {
  readonly codec: Codec;
  /** Dials and greets again as the same client; must not go over a connection kept from before. Left out: a lost link ends the session. */
  readonly dial?: (resume: Resume, signal: AbortSignal) => Promise<GreetedChannel>;
  /** How long the far side waits for a client that is gone. */
  readonly graceMs?: number;
  /** A phase, a progress line, a warning or a crash: each once, in the far side's order. */
  readonly onEvent?: (event: Event) => void;
  /** A sentence when the link is lost, while it stays so, and when it is back. */
  readonly onLink?: (notice: string) => void;
}

/**
 * A session's control channel over all its links: a lost one is dialled again until the far side's grace time is over. Calls
 * wait for the next link; what ended the session for good fails them all.
 */
export class Control implements AsyncDisposable {
  /** Settles with what ended the session or the simulator; never rejects. */
  readonly ended: Promise<FarsimError>;
  readonly #options: ControlOptions;
  readonly #stop = new AbortController();
  #end!: (error: FarsimError) => void;
  #endError: FarsimError | undefined;
  #link: ControlLink | undefined;
  #welcome: Welcome;
  #lastPong: Pong | undefined;
  #lastEvent = 0;
  #linkedAt = -Infinity;
  #waiters: (() => void)[] = [];
  #closing = false;

  constructor(first: GreetedChannel, options: ControlOptions) {
    this.#options = options;
    this.#welcome = first.welcome;
    this.ended = new Promise((resolve) => (this.#end = resolve));
    void this.#keep(first);
  }

  /** The newest link's. */
  get welcome(): Welcome {
    return this.#welcome;
  }

  /** `queued boot launching creating probing ready closing failed` */
  get phase(): string {
    return this.#link?.phase ?? this.#welcome.phase;
  }

  /** What the far side last said of itself. */
  get lastPong(): Pong | undefined {
    return this.#link?.lastPong ?? this.#lastPong;
  }

  /** The link that lives, or the next one. Throws what ended the session. */
  async link(): Promise<ControlLink> {
    for (;;) {
      if (this.#endError) throw this.#endError;
      if (this.#link) return this.#link;
      await new Promise<void>((resolve) => this.#waiters.push(resolve));
    }
  }

  /** Resolves when the link that lives ends; at once where there is none. */
  async linkLost(): Promise<void> {
    await this.#link?.ended;
  }

  /** Resolves when the simulator is ready. Throws what kept it from becoming so, or INTERRUPTED when `signal` aborts. */
  ready(signal?: AbortSignal): Promise<void> {
    return this.#overLinks((link) => link.ready(signal));
  }

  /** Asks the supervisor what may be asked twice; the answer is JSON text. */
  call(op: Op, options: object = {}): Promise<string> {
    return this.#overLinks((link) => link.call(op, options));
  }

  /** Seconds that one ping takes there and back: the link's own time. Throws what ended the session. */
  roundTrip(): Promise<number> {
    return this.#overLinks((link) => link.roundTrip());
  }

  /** Asks for the simulator's end and waits until the supervisor says that nothing is left of it, at most `waitMs`. `now` leaves the polite request out. */
  async close(waitMs: number, options: { readonly now?: boolean } = {}): Promise<void> {
    this.#closing = true;
    const until = performance.now() + waitMs;
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<undefined>((resolve) => (timer = setTimeout(() => resolve(undefined), waitMs)));
    while (!this.#endError) {
      const link = await Promise.race([this.link().catch(() => undefined), late]);
      if (!link) break;
      await link.close(until - performance.now(), options);
      // whether that was the end or a lost link is known when the link's end was taken in
      await Promise.race([link.ended, late]);
      await new Promise(setImmediate);
    }
    clearTimeout(timer);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const link = this.#link;
    this.#finish(new FarsimError('CLOSED', 'the session was closed'));
    await link?.[Symbol.asyncDispose]();
  }

  /** Repeats what a lost link kept from being answered. */
  async #overLinks<Result>(ask: (link: ControlLink) => Promise<Result>): Promise<Result> {
    for (;;) {
      const link = await this.link();
      try {
        return await ask(link);
      } catch (error) {
        if (this.#endError || !isLinkLoss(toFarsimError(error))) throw error;
      }
    }
  }

  async #keep(first: GreetedChannel): Promise<void> {
    let greeted: GreetedChannel | undefined = first;
    while (greeted) {
      const link: ControlLink = new ControlLink(greeted, this.#options.codec, {
        onEvent: (event) => this.#takeEvent(event),
      });
      this.#welcome = greeted.welcome;
      this.#link = link;
      this.#linkedAt = performance.now();
      this.#wake();
      const error = await link.ended;
      this.#lastPong = link.lastPong;
      this.#link = undefined;
      void link[Symbol.asyncDispose]();
      if (this.#endError) return;
      greeted = await this.#dialAfter(error);
    }
  }

  /** The next link's channel, or undefined when there is none. */
  async #dialAfter(lost: FarsimError): Promise<GreetedChannel | undefined> {
    const { dial, graceMs = 0, onLink } = this.#options;
    if (!dial || graceMs === 0 || !isLinkLoss(lost)) {
      this.#finish(lost);
      return undefined;
    }
    const lostAt = performance.now();
    const since = this.#linkedAt;
    const seconds = (): string => ((performance.now() - lostAt) / 1000).toFixed(1);
    const { session, epoch } = this.#welcome;
    const step = this.#lastPong ? `; the simulator was at request ${this.#lastPong.applied}` : '';
    onLink?.(`link lost (${lost.message}), redialling${step}`);
    const notices = setInterval(
      () => onLink?.(`link lost ${seconds()} s ago, redialling${step}`),
      noticeEveryMs,
    );
    const over = setTimeout(
      () => this.#stop.abort(graceOver(graceMs, lost)),
      Math.min(graceMs, longestTimerMs),
    );
    try {
      const greeted = await redial((signal) => dial({ session, epoch, ack: 0 }, signal), this.#stop.signal, {
        since,
      });
      onLink?.(`link back after ${seconds()} s; the simulator is at request ${greeted.welcome.applied}`);
      if (!this.#endError) return greeted;
      // who heard the notice closed the session
      void greeted.channel[Symbol.asyncDispose]();
      return undefined;
    } catch (error) {
      this.#finish(toFarsimError(error));
      return undefined;
    } finally {
      clearInterval(notices);
      clearTimeout(over);
    }
  }

  /** A new link begins with the events that earlier ones brought. */
  #takeEvent(event: Event): void {
    if (event.counter <= this.#lastEvent) return;
    this.#lastEvent = event.counter;
    this.#options.onEvent?.(event);
  }

  #finish(error: FarsimError): void {
    if (this.#endError) return;
    // a ping that met a closed socket may take the last word with it
    const closed = this.#closing && error.code === 'SESSION_EXPIRED';
    this.#endError = closed ? new FarsimError('CLOSED', error.message, { cause: error }) : error;
    this.#stop.abort(this.#endError);
    this.#end(this.#endError);
    this.#wake();
  }

  #wake(): void {
    for (const wake of this.#waiters.splice(0)) wake();
  }
}

function graceOver(graceMs: number, lost: FarsimError): FarsimError {
  return new FarsimError(
    'SESSION_EXPIRED',
    `the link was lost for more than the ${graceMs / 1000} s that the far simulator waits (lease.grace): ${lost.message}`,
    { suggestions: ['a larger `lease.grace` outlasts longer cuts'], cause: lost },
  );
}
