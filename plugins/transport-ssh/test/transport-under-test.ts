import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { echoFrames, echoProgram, type HostUnderTest, type TransportUnderTest } from '@farsim/core/testing';
import { LocalTransport } from '@farsim/transport-local';
import type { ClientChoice } from '../src/open-ssh-client.ts';
import { openSshTransport, type SshTransport } from '../src/ssh-transport.ts';
import type { Sshd } from '../../../test/sshd/start-sshd.ts';

/** The contracts' subjects: a transport by one client to a server, in each way in which it dials. */
export function subjects(server: () => Sshd, client: ClientChoice) {
  const openTransport = (): Promise<SshTransport> =>
    openSshTransport({ host: 'far', configFile: server().configFile, client });
  const openForward = async (
    address: (folder: string) => string,
    nobody: (folder: string) => string,
  ): Promise<TransportUnderTest> => {
    const folder = await mkdtemp(path.join(tmpdir(), 'farsim-test-'));
    const near = new LocalTransport();
    const transport = await openTransport();
    const listener = await near.listen(
      address(folder),
      (channel) => void echoFrames(channel).catch(() => undefined),
    );
    return {
      transport,
      echo: listener.address,
      nobody: nobody(folder),
      async [Symbol.asyncDispose]() {
        await transport[Symbol.asyncDispose]();
        await near[Symbol.asyncDispose]();
        await rm(folder, { recursive: true });
      },
    };
  };
  const transports = {
    'far program': async (): Promise<TransportUnderTest> => {
      const transport = await openTransport();
      return {
        transport,
        echo: { exec: [process.execPath, echoProgram] },
        nobody: { exec: ['false'] },
        [Symbol.asyncDispose]: () => transport[Symbol.asyncDispose](),
      };
    },
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
  const host = async (): Promise<HostUnderTest> => {
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
  return { transports, host };
}
