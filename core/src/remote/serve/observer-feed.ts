import type { Block, Reply, Sendable } from '../../model/messages.ts';
import type { Codec } from '../../ports/codec.ts';
import type { Channel } from '../../ports/transport.ts';
import { encodeFrame } from '../../session/wire/frame-format.ts';
import { LayoutWriter } from '../../session/wire/layouts.ts';
import type { Applied } from './apply-request.ts';

interface Observer {
  readonly channel: Channel;
  readonly codec: Codec;
  readonly layouts: LayoutWriter;
  sending: boolean;
}

/** Shows the newest frames to observers and never waits for one: who has not taken the last frame misses this one. */
export class ObserverFeed {
  readonly #observers = new Set<Observer>();

  /** From now on the channel, on which WELCOME and SPEC were sent, is shown frames, until it closes. */
  add(channel: Channel, codec: Codec): void {
    const observer: Observer = { channel, codec, layouts: new LayoutWriter(), sending: false };
    this.#observers.add(observer);
    void channel.closed.then(() => this.#observers.delete(observer));
  }

  show(reply: Sendable<Reply>, { blocks }: Applied): void {
    if (blocks.length === 0) return;
    for (const observer of this.#observers) {
      if (observer.sending) continue;
      observer.sending = true;
      sendReply(observer.channel, observer.codec, observer.layouts, reply, blocks)
        .catch(() => undefined)
        .finally(() => (observer.sending = false));
    }
  }
}

/** Sends a reply with its blocks, and before it the layouts that are new on this connection. */
export async function sendReply(
  channel: Channel,
  codec: Codec,
  layouts: LayoutWriter,
  reply: Sendable<Reply>,
  applied: Applied['blocks'],
): Promise<void> {
  const payloads: Uint8Array[] = [];
  const blocks: Sendable<Block>[] = [];
  const sent: Promise<void>[] = [];
  for (const { tensors, info, finalInfo } of applied) {
    const { block, layout } = layouts.write(tensors, payloads, info, finalInfo);
    if (layout) sent.push(channel.send(encodeFrame(codec, { kind: 'layout', body: layout })));
    blocks.push(block);
  }
  sent.push(channel.send(encodeFrame(codec, { kind: 'reply', body: { ...reply, blocks } }, payloads)));
  await Promise.all(sent);
}
