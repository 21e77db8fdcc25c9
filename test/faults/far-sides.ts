import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { RemoteSimulator, Transport } from '@farsim/core';
import sshTransport from '@farsim/transport-ssh';
import { Op } from '../../core/src/model/messages.ts';
import { openContext, openCounter, openLocalTransport, type FarOrder } from '../open-far.ts';
import type { Sshd } from '../sshd/start-sshd.ts';

/** An SSH transport to a test's sshd, or to a relay before it on another port. */
export async function openSsh(
  sshd: Sshd,
  port = sshd.port,
  client: 'auto' | 'ssh2' | 'openssh' = 'auto',
): Promise<Transport> {
  const knownHosts = path.join(sshd.folder, `known_hosts_${port}`);
  const lines = Object.values(sshd.hostKeys).map((line) => line.replace(`:${sshd.port} `, `:${port} `));
  await writeFile(knownHosts, `${lines.join('\n')}\n`);
  const { user, identityFile } = sshd;
  const given = { host: sshd.address, port, user, identityFile, knownHosts, client };
  const config = sshTransport.config.parse(given);
  return sshTransport.open(config, openContext());
}

export interface FarPids {
  readonly session: string;
  readonly supervisor: number;
  readonly simulator: number;
}

/** The processes of a far simulator on this machine. */
export async function farPids(simulator: RemoteSimulator): Promise<FarPids> {
  const status = JSON.parse(await simulator.session.control.call(Op.status)) as {
    session: string;
    pid: number;
    simulator: number;
  };
  return { session: status.session, supervisor: status.pid, simulator: status.simulator };
}

/** Opens a counter on this machine, lets `use` have it and closes all of it. */
export async function withLocalCounter<T>(
  order: FarOrder,
  use: (simulator: RemoteSimulator) => Promise<T>,
): Promise<T> {
  await using transport = await openLocalTransport();
  await using simulator = await openCounter(transport, order);
  return await use(simulator);
}
