import { createHash } from 'node:crypto';
import { FarsimError, toFarsimError } from '../../model/errors.ts';
import type { HeaderToSend, Reply, Request, Sendable } from '../../model/messages.ts';
import { Op } from '../../model/messages.ts';
import type { Simulator } from '../../ports/simulator.ts';
import type { NamedTensor } from '../../session/wire/layouts.ts';
import { wireLimits } from '../../session/limits.ts';
import { digestRequest, isLedgered } from '../../session/ledger/ledger-entries.ts';
import { outcomeContext, type OutcomeContext } from '../../session/wire/outcome.ts';
import { RequestGate } from '../../session/request-gate.ts';
import { StepLedger, digestOutcome, digestText } from '../../session/ledger/step-ledger.ts';
import { ObserverFeed } from './observer-feed.ts';
import { applyRequest, type Applied } from './apply-request.ts';

export interface KeptReply {
  readonly bytes: number;
  readonly reply: Sendable<Reply>;
  readonly applied: Applied;
}

const refusedBefore = new Set(['BAD_ACTION', 'BAD_STATE', 'BAD_ARGUMENT', 'UNSUPPORTED', 'CLOSED']);

/** False for an error that was thrown before the simulator was touched. */
export function reachedSimulator(error: FarsimError): boolean {
  return !refusedBefore.has(error.code);
}

const spareBytes = 128;

/** Throws START_FAILED for a spec that no SPEC message can carry. */
function requireSendable(world: string): void {
  const bytes = Buffer.byteLength(world);
  if (bytes <= wireLimits.headerBytes - spareBytes) return;
  const [size, limit] = [bytes, wireLimits.headerBytes].map((count) => `${Math.round(count / 1024)} KiB`);
  throw new FarsimError(
    'START_FAILED',
    `the simulator's spec comes to ${size} of JSON, over the limit of ${limit}`,
  );
}

/** One simulator as all its connections see it: its spec, the numbers of its requests, and its ledger. */
export class ServedSimulator {
  readonly gate = new RequestGate<KeptReply>();
  readonly observers = new ObserverFeed();
  readonly #simulator: Simulator;
  readonly #context: OutcomeContext;
  readonly #world: string;
  readonly #specHash: Uint8Array;
  readonly #ledger: StepLedger;
  #last: Promise<unknown> = Promise.resolve();

  constructor(simulator: Simulator) {
    this.#simulator = simulator;
    this.#context = outcomeContext(simulator.spec);
    this.#world = JSON.stringify(simulator.spec);
    requireSendable(this.#world);
    this.#specHash = createHash('sha256').update(this.#world).digest();
    this.#ledger = new StepLedger(this.#specHash);
  }

  get specMessage(): HeaderToSend {
    return { kind: 'spec', body: { world: this.#world, hash: this.#specHash } };
  }

  /** Runs `work` after everything that was given before it, whichever connection it came on. */
  inTurn<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.#last.then(work);
    this.#last = turn.catch(() => undefined);
    return turn;
  }

  async apply(
    request: Request,
    blocks: readonly (readonly NamedTensor[])[],
  ): Promise<{ applied: Applied; error?: FarsimError }> {
    try {
      const applied = await applyRequest(this.#simulator, this.#context, request, blocks);
      return applied.error === undefined ? { applied } : { applied, error: toFarsimError(applied.error) };
    } catch (error) {
      return { applied: { blocks: [] }, error: toFarsimError(error) };
    }
  }

  /** Adds the request's entries and gives the newest. */
  enter(
    request: Request,
    blocks: readonly (readonly NamedTensor[])[],
    applied: Applied,
    error: FarsimError | undefined,
  ): void {
    if (!isLedgered(request.op)) return;
    const op = request.op === Op.stepMany ? Op.step : request.op;
    const call = {
      op: request.op,
      blocks,
      repeat: request.repeat,
      min: request.min,
      options: request.options,
    };
    applied.blocks.forEach((block, i) =>
      this.#ledger.append(op, digestRequest(call, i)(), digestOutcome(block.tensors)),
    );
    if (error && reachedSimulator(error)) {
      this.#ledger.append(op, digestRequest(call, applied.blocks.length)(), digestText(error.code));
    } else if (!error && applied.blocks.length === 0) {
      this.#ledger.append(
        op,
        digestRequest(call, 0)(),
        op === Op.restore ? digestText('') : digestOutcome([]),
      );
    }
  }

  get ledgerHead(): { ledgerIndex: number; ledgerHead: Uint8Array } {
    return {
      ledgerIndex: this.#ledger.index,
      ledgerHead: this.#ledger.index === 0 ? new Uint8Array(0) : this.#ledger.head,
    };
  }
}
