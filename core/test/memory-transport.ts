import type { Channel, Listener } from '../src/ports/transport.ts';
import { createMemoryChannels } from '../src/session/channels/memory-channel.ts';

/** One listener in this process, dialled by whoever holds the transport. */
export function createMemoryTransport() {
  let accept: ((channel: Channel) => void) | undefined;
  return {
    connect: async (): Promise<Channel> => {
      const [near, far] = createMemoryChannels();
      accept!(far);
      return near;
    },
    listen: async (_address: string, onChannel: (channel: Channel) => void): Promise<Listener> => {
      accept = onChannel;
      return { address: 'memory', [Symbol.asyncDispose]: async () => undefined };
    },
    [Symbol.asyncDispose]: async () => undefined,
  };
}
