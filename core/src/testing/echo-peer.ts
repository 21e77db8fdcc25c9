import type { Channel } from '../ports/transport.ts';
import { wireLimits } from '../session/limits.ts';

/** A frame with this body asks the echo peer to hang up; it is not echoed. */
export const hangUp = 'hang up';

/** Plays the far side of a channel: sends the preamble and every frame back, in order, until it is asked to hang up or the channel closes. */
export async function echoFrames(channel: Channel): Promise<void> {
  channel.limitFrames(wireLimits.frameBytes);
  for await (const frame of channel.receive()) {
    if (frame.length === 4 + hangUp.length && Buffer.from(frame.subarray(4)).toString('latin1') === hangUp)
      break;
    await channel.send([frame]);
  }
  await channel[Symbol.asyncDispose]();
}

/** One frame around `body`, as parts: its prefix and the body. */
export function frameAround(body: Uint8Array): Uint8Array[] {
  const prefix = new Uint8Array(4);
  new DataView(prefix.buffer).setUint32(0, body.length, true);
  return [prefix, body];
}
