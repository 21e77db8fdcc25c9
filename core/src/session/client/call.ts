import type { FarsimError } from '../../model/errors.ts';
import type { LedgerRow, StepTiming } from '../../model/frame.ts';
import type { Op, Sendable, Want } from '../../model/messages.ts';
import type { Tensor } from '../../model/tensor.ts';
import type { KnownLayout, NamedTensor } from '../wire/layouts.ts';

/** One request of the data channel, before it has a number. */
export interface Call {
  readonly op: Op;
  /** One list of tensors for each block; stepMany has one block for each action. */
  readonly blocks?: readonly (readonly NamedTensor[])[];
  readonly want?: Sendable<Want> | undefined;
  readonly repeat?: number | undefined;
  readonly min?: number | undefined;
  readonly options?: string | undefined;
  readonly breakOnEnd?: boolean | undefined;
  readonly deadlineMs?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** A reply's blocks as views of the received bytes, and their entries in the ledger. */
export interface Answer {
  readonly blocks: readonly AnswerBlock[];
  readonly value: string;
  readonly timing: StepTiming;
  /** What stopped a stepMany after the blocks that were applied. */
  readonly error?: FarsimError;
}

export interface AnswerBlock {
  readonly layout: KnownLayout;
  readonly tensors: readonly Tensor[];
  readonly info: string;
  readonly finalInfo: string;
  readonly ledger: LedgerRow | undefined;
}
