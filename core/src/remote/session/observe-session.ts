import { FarsimError } from '../../model/errors.ts';
import type { Frame } from '../../model/frame.ts';
import { Role } from '../../model/messages.ts';
import type { WorldSpec } from '../../model/world-spec.ts';
import { decodeFrame } from '../../session/wire/frame-format.ts';
import { greet } from '../../session/handshake.ts';
import { LayoutReader } from '../../session/wire/layouts.ts';
import { decodeOutcome, outcomeContext } from '../../session/wire/outcome.ts';
import { clientIdentity, readSpec, type SessionAddress } from './dial-session.ts';

/** A session as one sees it who only looks. */
export interface Observation extends AsyncDisposable {
  readonly spec: WorldSpec;
  /** What resets and steps of its controller gave, the newest each time: who reads slowly misses some. May be iterated once; ends with the session. */
  readonly frames: AsyncIterable<Frame>;
}

/** Watches a session beside its controller, who does not notice. Throws what greeting throws. */
export async function observeSession(
  where: Pick<SessionAddress, 'connect' | 'address' | 'token' | 'codec' | 'identity' | 'signal'>,
): Promise<Observation> {
  const { connect, address, token, codec, signal, identity = clientIdentity() } = where;
  const channel = await connect(address, { ...(signal && { signal }) });
  const greeting = { ...identity, codec, token, role: Role.observer, ...(signal && { signal }) };
  const greeted = await greet(channel, greeting);
  const spec = JSON.parse((await readSpec(greeted, codec)).world) as WorldSpec;
  const context = outcomeContext(spec);
  const layouts = new LayoutReader();

  async function* frames(): AsyncGenerator<Frame> {
    for (;;) {
      const next = await greeted.frames.next();
      if (next.done) return;
      const { header, payloadOffset } = decodeFrame(codec, next.value);
      if (header.kind === 'layout') layouts.learn(header.body);
      else if (header.kind === 'goodbye') return;
      else if (header.kind === 'reply') {
        const { blocks, received, started, finished, encoded } = header.body;
        const read = layouts.read(blocks, next.value, payloadOffset);
        for (const [i, tensors] of read.entries()) {
          const { layout: id, info, finalInfo } = blocks[i]!;
          const layout = layouts.get(id);
          // replies to other calls hold states or pictures alone
          if (!layout.tensors.some(({ name }) => name === 'tick')) continue;
          yield decodeOutcome(context, layout, tensors, info, finalInfo, {
            received,
            started,
            finished,
            encoded,
          });
        }
      } else
        throw new FarsimError('DECODE_FAILED', `${header.kind} does not belong on an observer's channel`);
    }
  }

  return { spec, frames: frames(), [Symbol.asyncDispose]: () => channel[Symbol.asyncDispose]() };
}
