import path from 'node:path';
import { protobufCodec } from '@farsim/codec-protobuf';
import type { RemoteSimulator, Transport } from '@farsim/core';
import isaac from '@farsim/sim-isaac';
import sshTransport from '@farsim/transport-ssh';
import { openContext, openLocalTransport } from '../open-far.ts';
import type { Sshd } from '../sshd/start-sshd.ts';

/** Folder of the project's own USD files. */
export const assets = path.join(import.meta.dirname, '../../examples/isaac/assets');

/** Files that are not the project's: Go2 and cabinet; there in a checkout that has them beside it. */
export const moreAssets = path.join(import.meta.dirname, '../../../shared/isaac-assets');

export function openTransport(sshd?: Sshd): Promise<Transport> {
  if (!sshd) return openLocalTransport();
  const { port, user, identityFile, knownHosts } = sshd;
  const config = sshTransport.config.parse({ host: '127.0.0.1', port, user, identityFile, knownHosts });
  return sshTransport.open(config, openContext());
}

/** Starts real Isaac Lab on the CPU, in the managed environment, which is made when it is not there. */
export async function openIsaac(
  transport: Transport,
  config: Readonly<Record<string, unknown>>,
  progress: (line: string) => void = () => undefined,
): Promise<RemoteSimulator> {
  const given = isaac.config.parse({ python: 'managed', device: 'cpu', assets, ...config });
  const context = { ...openContext({ progress }), transport, codec: protobufCodec };
  return (await isaac.open(given, context)) as RemoteSimulator;
}
