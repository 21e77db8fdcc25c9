import type { ErrorCode } from '../model/error-codes.ts';
import type { Request } from '../model/messages.ts';
import { OnEnd } from '../model/messages.ts';

const keptBytesLimit = 64 << 20;

/** What shall happen to an arriving request (docs/protocol.md, "Requests"). */
export type Verdict<Kept> =
  | { readonly kind: 'apply' }
  | { readonly kind: 'replay'; readonly reply: Kept }
  /** `uses`: the request used up its seq, so the refusal is kept as its reply. */
  | { readonly kind: 'refuse'; readonly code: ErrorCode; readonly message: string; readonly uses: boolean };

/** The numbers of one session's requests: order, kept replies and chains. It never touches the simulator. */
export class RequestGate<Kept extends { readonly bytes: number }> {
  readonly #kept = new Map<number, Kept>();
  #keptBytes = 0;
  #applied = 0;
  #ack = 0;
  #brokenChain = 0;

  /** The last seq that was used up. */
  get applied(): number {
    return this.#applied;
  }

  /** The first seq whose reply is kept, 0 when none is. */
  get firstKept(): number {
    return this.#kept.keys().next().value ?? 0;
  }

  /** False while so much is unacknowledged that no new request may start. */
  get mayStart(): boolean {
    return this.#kept.size === 0 || this.#keptBytes < keptBytesLimit;
  }

  /** Frees replies up to `ack`. */
  acknowledge(ack: number): void {
    for (let seq = this.#ack + 1; seq <= Math.min(ack, this.#applied); seq++) {
      this.#keptBytes -= this.#kept.get(seq)?.bytes ?? 0;
      this.#kept.delete(seq);
    }
    this.#ack = Math.max(this.#ack, Math.min(ack, this.#applied));
  }

  /** A client that does not resume begins: what its predecessor left is freed, and its chains are forgotten. */
  beginClient(): void {
    this.acknowledge(this.#applied);
    this.#brokenChain = 0;
  }

  /** `waitedSeconds`: since the request arrived. */
  judge(request: Request, waitedSeconds: number): Verdict<Kept> {
    this.acknowledge(request.ack);
    const { seq, chain, deadline } = request;
    if (seq <= this.#applied) {
      const reply = this.#kept.get(seq);
      if (reply) return { kind: 'replay', reply };
      return {
        kind: 'refuse',
        code: 'REPLY_GONE',
        message: `the reply to request ${seq} was acknowledged and freed`,
        uses: false,
      };
    }
    if (seq > this.#applied + 1) {
      return {
        kind: 'refuse',
        code: 'SEQ_GAP',
        message: `request ${seq} came where ${this.#applied + 1} was due`,
        uses: false,
      };
    }
    if (chain <= this.#brokenChain) {
      return {
        kind: 'refuse',
        code: 'SKIPPED',
        message: `request ${seq} was skipped: chain ${chain} broke before it`,
        uses: true,
      };
    }
    if (deadline !== undefined && deadline !== null && waitedSeconds >= deadline) {
      this.breakChain(chain);
      return {
        kind: 'refuse',
        code: 'SKIPPED',
        message: `request ${seq} was skipped: its deadline of ${deadline} s passed before it began`,
        uses: true,
      };
    }
    return { kind: 'apply' };
  }

  /** Keeps the reply of the request that used up the next seq. */
  keep(request: Request, reply: Kept, failed: boolean, endedAnEnv: boolean): void {
    this.#applied = request.seq;
    this.#kept.set(request.seq, reply);
    this.#keptBytes += reply.bytes;
    if (failed || (endedAnEnv && request.onEnd === OnEnd.break)) this.breakChain(request.chain);
  }

  breakChain(chain: number): void {
    this.#brokenChain = Math.max(this.#brokenChain, chain);
  }
}
