import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { LocalTransport } from '@farsim/transport-local';
import {
  echoFrames,
  echoProgram,
  hostContract,
  transportContract,
  type TransportUnderTest,
} from '@farsim/core/testing';
import { afterAll, beforeAll, describe, test } from 'vitest';
import { startSshd, type Sshd } from '../../../test/sshd/start-sshd.ts';
import { openSshTransport, type SshTransport } from '../src/ssh-transport.ts';

let sshd: Sshd;
beforeAll(async () => {
  sshd = await startSshd();
});
afterAll(() => sshd[Symbol.asyncDispose]());

function openTransport(): Promise<SshTransport> {
  return openSshTransport({ host: 'far', configFile: sshd.configFile });
}

async function openForward(
  address: (folder: string) => string,
  nobody: (folder: string) => string,
): Promise<TransportUnderTest> {
  const folder = await mkdtemp(path.join(tmpdir(), 'farsim-test-'));
  const server = new LocalTransport();
  const transport = await openTransport();
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
  const transport = await openTransport();
  return {
    transport,
    echo: { exec: [process.execPath, echoProgram] },
    nobody: { exec: ['false'] },
    [Symbol.asyncDispose]: () => transport[Symbol.asyncDispose](),
  };
}

const kinds = {
  'far program': openExec,
  'forwarded unix socket': () =>
    openForward(
      (folder) => `unix:${folder}/s.sock`,
      (folder) => `unix:${folder}/nobody.sock`,
    ),
  'forwarded port': () =>
    openForward(
      () => 'tcp:127.0.0.1:0',
      () => 'tcp:127.0.0.1:1',
    ),
};
for (const [kind, open] of Object.entries(kinds)) {
  describe(kind, () => {
    for (const { fact, check } of transportContract(open)) test(fact, check);
  });
}

describe('host', () => {
  const open = async () => {
    const transport = await openTransport();
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
