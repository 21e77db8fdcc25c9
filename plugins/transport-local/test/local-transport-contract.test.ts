import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import {
  echoFrames,
  echoProgram,
  hostContract,
  transportContract,
  type TransportUnderTest,
} from '@farsim/core/testing';
import { describe, test } from 'vitest';
import { LocalTransport } from '../src/local-transport.ts';

async function openListening(
  address: (folder: string) => string,
  nobody: (folder: string) => string,
): Promise<TransportUnderTest> {
  const folder = await mkdtemp(path.join(tmpdir(), 'farsim-test-'));
  const server = new LocalTransport();
  const transport = new LocalTransport();
  const listener = await server.listen(
    address(folder),
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

async function openExec(): Promise<TransportUnderTest> {
  const transport = new LocalTransport();
  return {
    transport,
    echo: { exec: [process.execPath, echoProgram] },
    nobody: { exec: ['false'] },
    [Symbol.asyncDispose]: () => transport[Symbol.asyncDispose](),
  };
}

const kinds = {
  'unix socket': () =>
    openListening(
      (folder) => `unix:${folder}/s.sock`,
      (folder) => `unix:${folder}/nobody.sock`,
    ),
  'tcp on loopback': () =>
    openListening(
      () => 'tcp:127.0.0.1:0',
      () => 'tcp:127.0.0.1:1',
    ),
  program: openExec,
};
for (const [kind, open] of Object.entries(kinds)) {
  describe(kind, () => {
    for (const { fact, check } of transportContract(open)) test(fact, check);
  });
}

describe('host', () => {
  const open = async () => {
    const transport = new LocalTransport();
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
  };
  for (const { fact, check } of hostContract(open)) test(fact, check);
});
