import { Op, type HeaderToSend } from '../../model/messages.ts';
import type { Codec } from '../../ports/codec.ts';
import type { Channel } from '../../ports/transport.ts';
import { decodeFrame, encodeFrame } from '../../session/wire/frame-format.ts';

/** What a control channel tells. */
export interface ControlFacts {
  /** Requests that were applied. */
  readonly applied: number;
  /** Answers `status`, as JSON. */
  readonly status: string;
}

/** Answers a control channel until its client closes, detaches or is gone. */
export async function serveControl(
  channel: Channel,
  frames: AsyncIterator<Uint8Array>,
  codec: Codec,
  facts: () => ControlFacts,
): Promise<void> {
  const send = (header: HeaderToSend): Promise<void> => channel.send(encodeFrame(codec, header));
  for (;;) {
    const next = await frames.next();
    if (next.done) return;
    const { header } = decodeFrame(codec, next.value);
    if (header.kind === 'ping') {
      const { id, sent } = header.body;
      const received = performance.now() / 1000;
      await send({ kind: 'pong', body: { id, sent, received, phase: 'ready', applied: facts().applied } });
    } else if (header.kind === 'request') {
      const { seq, op } = header.body;
      if (op === Op.status) {
        await send({ kind: 'reply', body: { seq, value: facts().status } });
      } else if (op === Op.close || op === Op.detach) {
        await send({ kind: 'reply', body: { seq, value: '{"leaseLeft":null}' } });
        await send({ kind: 'goodbye', body: { code: 'CLOSED', reason: 'the client went' } });
        return;
      } else {
        const error = { code: 'UNSUPPORTED', message: `op ${op} is not served here` };
        await send({ kind: 'reply', body: { seq, error } });
      }
    }
  }
}
