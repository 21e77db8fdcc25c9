import { Op } from '../../model/messages.ts';
import type { Reply } from '../../model/messages.ts';
import type { Tensor } from '../../model/tensor.ts';
import type { AnswerBlock, Call } from './call.ts';
import type { LayoutReader } from '../wire/layouts.ts';
import { digestRequest, digestsReply, isLedgered } from '../ledger/ledger-entries.ts';
import type { LedgerFollower } from '../ledger/ledger-follower.ts';

/** A reply's blocks with their layouts, each entered in the ledger, as is what a failed request had applied. */
export function answerBlocks(
  call: Call,
  reply: Reply,
  tensors: readonly Tensor[][],
  { layouts, ledger }: { readonly layouts: LayoutReader; readonly ledger: LedgerFollower },
): AnswerBlock[] {
  const ledgered = isLedgered(call.op);
  const op = call.op === Op.stepMany ? Op.step : call.op;
  const blocks = tensors.map((read, i): AnswerBlock => {
    const { layout: id, info, finalInfo } = reply.blocks[i]!;
    const layout = layouts.get(id);
    const row = ledgered ? ledger.add(op, digestRequest(call, i), digestsReply(layout, read)) : undefined;
    return { layout, tensors: read, info, finalInfo, ledger: row };
  });
  if (ledgered && reply.error?.applied) {
    ledger.add(op, digestRequest(call, blocks.length), digestsReply(reply.error.code));
  } else if (blocks.length === 0 && !reply.error && (call.op === Op.restore || call.op === Op.send)) {
    const digestReply = call.op === Op.restore ? digestsReply('') : digestsReply(layouts.get(0), []);
    ledger.add(call.op, digestRequest(call, 0), digestReply);
  }
  return blocks;
}

/** True when a frame among them ended an env. */
export function endsAnEnv(blocks: readonly AnswerBlock[]): boolean {
  return blocks.some(({ layout, tensors }) =>
    layout.tensors.some(
      ({ name }, i) =>
        (name === 'terminated' || name === 'truncated') && (tensors[i]!.data as Uint8Array).includes(1),
    ),
  );
}
