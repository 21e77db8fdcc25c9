import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Transport } from '@farsim/core';
import { echoFrames, echoProgram, type HostUnderTest, type TransportUnderTest } from '@farsim/core/testing';
import { LocalTransport } from '@farsim/transport-local';

/** Addresses in a folder of the test's own: one to listen on, one on which nobody does. */
export interface EchoAddresses {
  readonly echo: (folder: string) => string;
  readonly nobody: (folder: string) => string;
}

export const unixSocket: EchoAddresses = {
  echo: (folder) => `unix:${folder}/s.sock`,
  nobody: (folder) => `unix:${folder}/nobody.sock`,
};
export const loopbackTcp: EchoAddresses = {
  echo: () => 'tcp:127.0.0.1:0',
  nobody: () => 'tcp:127.0.0.1:1',
};

/** A transport that dials a listener of this machine, which sends back what it gets. */
export async function openEchoing(
  { echo, nobody }: EchoAddresses,
  transport: Transport,
  server: Transport & Required<Pick<Transport, 'listen'>> = new LocalTransport(),
): Promise<TransportUnderTest> {
  const folder = await mkdtemp(path.join(tmpdir(), 'farsim-test-'));
  const listener = await server.listen(
    echo(folder),
    (channel) => void echoFrames(channel).catch(() => undefined),
  );
  return {
    transport,
    echo: listener.address,
    nobody: nobody(folder),
    async [Symbol.asyncDispose]() {
      await transport[Symbol.asyncDispose]();
      await server[Symbol.asyncDispose]();
      await rm(folder, { recursive: true });
    },
  };
}

/** A transport that starts a program which sends back what it gets. */
export function openEchoProgram(transport: Transport): TransportUnderTest {
  return {
    transport,
    echo: { exec: [process.execPath, echoProgram] },
    nobody: { exec: ['false'] },
    [Symbol.asyncDispose]: () => transport[Symbol.asyncDispose](),
  };
}

/** A transport's machine, which is this one, with a folder to put things in. */
export async function openHostUnderTest(
  transport: Transport & Required<Pick<Transport, 'host'>>,
): Promise<HostUnderTest> {
  const folder = await mkdtemp(path.join(tmpdir(), 'farsim-test-'));
  return {
    host: transport.host,
    folder,
    node: process.execPath,
    async [Symbol.asyncDispose]() {
      await transport[Symbol.asyncDispose]();
      await rm(folder, { recursive: true });
    },
  };
}
