import { OnEnd } from '../../model/messages.ts';
import type { Request, Sendable } from '../../model/messages.ts';
import type { Call } from './call.ts';

/** The header of the request that makes a call. `ack` is the newest reply that came. */
export function requestBody(
  call: Call,
  { seq, chain, ack }: Pick<Request, 'seq' | 'chain' | 'ack'>,
  blocks: Sendable<Request>['blocks'],
): Sendable<Request> {
  return {
    seq,
    ack,
    chain,
    op: call.op,
    onEnd: call.breakOnEnd ? OnEnd.break : OnEnd.continue,
    deadline: call.deadlineMs === undefined ? undefined : call.deadlineMs / 1000,
    repeat: call.repeat,
    want: call.want,
    blocks,
    min: call.min,
    options: call.options,
  };
}
