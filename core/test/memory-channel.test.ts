import { echoFrames, transportContract, type TransportUnderTest } from '@farsim/core/testing';
import { describe, test } from 'vitest';
import { FarsimError } from '../src/model/errors.ts';
import type { Channel } from '../src/ports/transport.ts';
import { createMemoryChannels } from '../src/session/channels/memory-channel.ts';

/** Dials an echo peer in this process. */
async function openInMemory(): Promise<TransportUnderTest> {
  const dialled: Channel[] = [];
  let closed = false;
  const transport = {
    async connect(address: unknown, options?: { signal?: AbortSignal }) {
      if (closed) throw new FarsimError('CLOSED', 'closed');
      if (options?.signal?.aborted) throw new FarsimError('INTERRUPTED', 'stopped');
      if (address !== 'memory:echo') throw new FarsimError('HOST_UNREACHABLE', 'nobody there');
      const [near, far] = createMemoryChannels();
      dialled.push(near);
      void echoFrames(far).catch(() => undefined);
      return near;
    },
    async [Symbol.asyncDispose]() {
      closed = true;
      for (const channel of dialled) await channel[Symbol.asyncDispose]();
    },
  };
  return {
    transport,
    echo: 'memory:echo',
    nobody: 'memory:nobody',
    [Symbol.asyncDispose]: () => transport[Symbol.asyncDispose](),
  };
}

describe('memory channel', () => {
  for (const { fact, check } of transportContract(openInMemory)) test(fact, check);
});
