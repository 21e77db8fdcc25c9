import { FarsimError } from '../../model/errors.ts';
import type { LedgerRow } from '../../model/frame.ts';
import { StepLedger } from './step-ledger.ts';

const rememberedHeads = 1024;

/** A ledger entry whose digests are computed when they are first read, once. */
export class DeferredLedgerRow implements LedgerRow {
  readonly index: number;
  readonly op: number;
  readonly #digestRequest: () => Uint8Array;
  readonly #digestReply: () => Uint8Array;
  #request: Uint8Array | undefined;
  #reply: Uint8Array | undefined;

  constructor(index: number, op: number, digestRequest: () => Uint8Array, digestReply: () => Uint8Array) {
    this.index = index;
    this.op = op;
    this.#digestRequest = digestRequest;
    this.#digestReply = digestReply;
  }

  get request(): Uint8Array {
    return (this.#request ??= this.#digestRequest());
  }

  get reply(): Uint8Array {
    return (this.#reply ??= this.#digestReply());
  }
}

/**
 * This end's ledger, kept off the step's path: entries are digested when the event loop is free, and compared with the
 * far side's head wherever both are known.
 */
export class LedgerFollower {
  readonly #ledger: StepLedger;
  readonly #heads = new Map<number, Uint8Array>();
  readonly #farHeads = new Map<number, Uint8Array>();
  #waiting: DeferredLedgerRow[] = [];
  #scheduled = false;
  #nextIndex: number;
  #fault: FarsimError | undefined;

  /** `from`: the newest entry of the simulator's earlier clients, after which this end's begin. */
  constructor(specHash: Uint8Array, from?: { readonly index: number; readonly head: Uint8Array }) {
    this.#ledger = new StepLedger(specHash, from);
    this.#nextIndex = this.#ledger.index + 1;
    this.#heads.set(this.#ledger.index, this.#ledger.head);
  }

  /** VERIFICATION_FAILED once the two histories were seen to differ. */
  get fault(): FarsimError | undefined {
    return this.#fault;
  }

  /** Digests what waits. Throws VERIFICATION_FAILED when the histories were seen to differ. */
  verify(): void {
    this.#digest();
    if (this.#fault) throw this.#fault;
  }

  /** Adds the next entry; it is digested later. */
  add(op: number, digestRequest: () => Uint8Array, digestReply: () => Uint8Array): LedgerRow {
    const row = new DeferredLedgerRow(this.#nextIndex++, op, digestRequest, digestReply);
    this.#waiting.push(row);
    if (!this.#scheduled) {
      this.#scheduled = true;
      setImmediate(() => this.#digest());
    }
    return row;
  }

  /** Takes what a reply said of the far ledger. */
  compare(index: number, farHead: Uint8Array): void {
    if (index === 0 || farHead.length === 0) return;
    const head = this.#heads.get(index);
    if (!head) this.#farHeads.set(index, farHead);
    else if (Buffer.compare(head, farHead) !== 0) this.#differ(index);
  }

  /** The newest finished entry, everything waiting included. */
  head(): { readonly index: number; readonly head: Uint8Array } {
    this.#digest();
    return { index: this.#ledger.index, head: this.#ledger.head };
  }

  #digest(): void {
    this.#scheduled = false;
    const rows = this.#waiting;
    this.#waiting = [];
    for (const row of rows) {
      this.#ledger.appendRow(row);
      const { index, head } = this.#ledger;
      this.#heads.set(index, head);
      this.#heads.delete(index - rememberedHeads);
      const farHead = this.#farHeads.get(index);
      if (farHead) {
        this.#farHeads.delete(index);
        if (Buffer.compare(head, farHead) !== 0) this.#differ(index);
      }
    }
  }

  #differ(index: number): void {
    this.#fault ??= new FarsimError(
      'VERIFICATION_FAILED',
      `the two step ledgers differ at entry ${index}: what was recorded here is not what the simulator computed`,
    );
  }
}
