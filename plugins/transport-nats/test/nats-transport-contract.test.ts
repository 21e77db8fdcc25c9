import { echoFrames, transportContract, type TransportUnderTest } from '@farsim/core/testing';
import { afterAll, beforeAll, describe } from 'vitest';
import { holdToContract } from '../../../test/hold-to-contract.ts';
import { startNatsServer, type NatsServer } from '../../../test/nats/start-nats-server.ts';
import { openNatsTransport } from '../src/nats-transport.ts';
import { startPythonEcho } from './start-echo-process.ts';

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

async function openPythonEcho(): Promise<TransportUnderTest> {
  const peer = await startPythonEcho(server.url, 'lab.python');
  const transport = await openNatsTransport({ servers: server.url });
  return {
    transport,
    echo: peer.address,
    nobody: 'subject:nobody',
    async [Symbol.asyncDispose]() {
      await transport[Symbol.asyncDispose]();
      await peer[Symbol.asyncDispose]();
    },
  };
}

const kinds = {
  'a NATS bus': openEcho,
  'a NATS bus, with a listener in Python’s standard library': openPythonEcho,
};
for (const [kind, open] of Object.entries(kinds)) {
  describe(kind, () => {
    holdToContract(transportContract, open);
  });
}
