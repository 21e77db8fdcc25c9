import type { Op as OpCode } from '../../model/messages.ts';
import { Op } from '../../model/messages.ts';
import type { Tensor } from '../../model/tensor.ts';
import type { KnownLayout, NamedTensor } from '../wire/layouts.ts';
import {
  digestOutcome,
  digestRecvRequest,
  digestResetRequest,
  digestRestoreRequest,
  digestStepRequest,
  digestText,
} from './step-ledger.ts';

const ledgered = new Set<OpCode>([Op.reset, Op.step, Op.stepMany, Op.send, Op.recv, Op.setState, Op.restore]);

/** True for ops that make entries: everything that changes the simulator. */
export function isLedgered(op: OpCode): boolean {
  return ledgered.has(op);
}

interface DigestibleCall {
  readonly op: OpCode;
  readonly blocks?: readonly (readonly NamedTensor[])[];
  readonly repeat?: number | undefined;
  readonly min?: number | undefined;
  readonly options?: string | undefined;
}

/** The request half of a call's entry; stepMany has one for each of its blocks. */
export function digestRequest(call: DigestibleCall, block: number): () => Uint8Array {
  const tensors = call.blocks?.[block] ?? [];
  switch (call.op) {
    case Op.reset:
    case Op.setState:
      return () => digestResetRequest(tensors, call.options ?? '');
    case Op.recv:
      return () => digestRecvRequest(call.min ?? 0);
    case Op.restore:
      return () => digestRestoreRequest(tensors[0]?.tensor.data as Uint8Array);
    default:
      return () => digestStepRequest(tensors, call.repeat ?? 1);
  }
}

/** The reply half: of an outcome's tensors, or of an error's code. */
export function digestsReply(outcome: KnownLayout, tensors: readonly Tensor[]): () => Uint8Array;
export function digestsReply(code: string): () => Uint8Array;
export function digestsReply(
  outcome: KnownLayout | string,
  tensors: readonly Tensor[] = [],
): () => Uint8Array {
  if (typeof outcome === 'string') return () => digestText(outcome);
  return () => digestOutcome(outcome.tensors.map(({ name }, i) => ({ name, tensor: tensors[i]! })));
}
