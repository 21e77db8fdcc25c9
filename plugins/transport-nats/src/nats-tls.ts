import net from 'node:net';
import path from 'node:path';
import { checkServerIdentity, type ConnectionOptions } from 'node:tls';
import type { TlsOptions } from '@nats-io/transport-node';
import { readNamedFile } from './read-named-file.ts';

/** Files in PEM. */
export interface TlsFiles {
  readonly ca?: string | undefined;
  readonly cert?: string | undefined;
  readonly key?: string | undefined;
}

/** What TLS is done with; undefined when neither `files` nor a server's `tls://` asks for it. Throws FILE_NOT_FOUND. */
export async function readTls(
  files: TlsFiles | undefined,
  servers: readonly string[],
  folder: string,
): Promise<(TlsOptions & Pick<ConnectionOptions, 'checkServerIdentity'>) | undefined> {
  if (!files && !servers.some((server) => server.startsWith('tls://'))) return undefined;
  const read = async (name: keyof TlsFiles): Promise<TlsOptions> => {
    const file = files?.[name];
    return file === undefined
      ? {}
      : { [name]: await readNamedFile(path.resolve(folder, file), `tls.${name}`) };
  };
  const [ca, cert, key] = await Promise.all([read('ca'), read('cert'), read('key')]);
  return { ...ca, ...cert, ...key, checkServerIdentity: identityOf(servers.map(hostOf)) };
}

/** The NATS client calls a server that was given by its IP address `localhost`; its certificate must be for that address. */
function identityOf(hosts: readonly string[]): typeof checkServerIdentity {
  const unnamed = hosts.filter((host) => host === 'localhost' || net.isIP(host) !== 0);
  return (name, certificate) => {
    const names = name === 'localhost' ? unnamed : [name];
    const faults = names.map((host) => checkServerIdentity(host, certificate));
    return faults.includes(undefined) ? undefined : (faults[0] ?? new Error(`no server is named ${name}`));
  };
}

function hostOf(server: string): string {
  return new URL(server.includes('://') ? server : `nats://${server}`).hostname.replace(/^\[(.*)\]$/, '$1');
}
