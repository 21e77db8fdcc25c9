import { echoFrames, transportContract, type TransportUnderTest } from '@farsim/core/testing';
import { afterAll, beforeAll, describe, test } from 'vitest';
import { startNatsServer, type NatsServer } from '../../../test/nats/start-nats-server.ts';
import { openNatsTransport } from '../src/nats-transport.ts';

let server: NatsServer;
beforeAll(async () => {
  server = await startNatsServer();
});
afterAll(() => server[Symbol.asyncDispose]());

async function openEcho(): Promise<TransportUnderTest> {
  const far = await openNatsTransport({ servers: server.url });
  const transport = await openNatsTransport({ servers: server.url });
  const listener = await far.listen(
    'subject:echo',
    (channel) => void echoFrames(channel).catch(() => undefined),
  );
  return {
    transport,
    echo: listener.address,
    nobody: 'subject:nobody',
    async [Symbol.asyncDispose]() {
      await transport[Symbol.asyncDispose]();
      await far[Symbol.asyncDispose]();
    },
  };
}

describe('a NATS bus', () => {
  for (const { fact, check } of transportContract(openEcho)) test(fact, check);
});
