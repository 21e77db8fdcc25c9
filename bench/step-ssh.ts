import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { Client, type ClientChannel } from 'ssh2';
import type { Transport } from '@farsim/core';
import sshTransport from '@farsim/transport-ssh';
import { startSshd, type Sshd } from '../test/sshd/start-sshd.ts';
import type { Bench, Contestant } from './harness.ts';
import { openPart } from './open-part.ts';
import { replySizes } from './reply-sizes.ts';
import { rawExchange, rawRequestBytes, stepBench } from './step.ts';

const rawPeer = fileURLToPath(new URL('raw_peer.py', import.meta.url));

/** Steps through an sshd of this machine, beside a bare exchange over an exec channel of the same client library. */
export async function sshStepBenches(scale: number, suites: AsyncDisposableStack): Promise<Bench[]> {
  const sshd = suites.use(await startSshd());
  return replySizes.map(({ bytes, samples }) =>
    stepBench('ssh', bytes, samples * scale, rawExec(sshd, bytes), () =>
      openPart<Transport>(sshTransport, {
        host: '127.0.0.1',
        port: sshd.port,
        user: sshd.user,
        identityFile: sshd.identityFile,
        knownHosts: sshd.knownHosts,
      }),
    ),
  );
}

function rawExec(sshd: Sshd, bytes: number): Contestant {
  return {
    name: 'raw',
    open: async () => {
      const client = new Client();
      client.connect({
        host: '127.0.0.1',
        port: sshd.port,
        username: sshd.user,
        privateKey: await readFile(sshd.identityFile),
        hostVerifier: () => true,
      });
      await once(client, 'ready');
      client.setNoDelay(true);
      const stream = await new Promise<ClientChannel>((resolve, reject) =>
        client.exec(`python3 ${rawPeer} stdio ${rawRequestBytes} ${bytes}`, (error, channel) =>
          error ? reject(error) : resolve(channel),
        ),
      );
      return rawExchange(stream, bytes, async () => {
        client.end();
        await once(client, 'close');
      });
    },
  };
}
