import path from 'node:path';
import { FarsimError } from '@farsim/core';
import { credsAuthenticator, type ConnectionOptions } from '@nats-io/transport-node';
import { isDottedName } from './bus-subjects.ts';
import { readTls, type TlsFiles } from './nats-tls.ts';
import { readNamedFile } from './read-named-file.ts';

export interface NatsOptions {
  /** `nats://host:4222`, `tls://host:4222` or `host:4222`; any that answers is used. */
  readonly servers: string | readonly string[];
  readonly user?: string | undefined;
  readonly password?: string | undefined;
  readonly token?: string | undefined;
  /** File with a JWT and its key, as `nsc` writes it. */
  readonly creds?: string | undefined;
  /** Given, even empty, TLS is required. */
  readonly tls?: TlsFiles | undefined;
  /** First part of every subject. */
  readonly prefix?: string | undefined;
  /** Seconds until a server or a listener that does not answer is given up; 15 when left out. */
  readonly connectTimeout?: number | undefined;
}

/** What is told to the NATS client, and what messages call the servers. */
export interface NatsSettings {
  readonly connection: ConnectionOptions;
  readonly servers: string;
  readonly prefix: string;
  readonly connectTimeoutMs: number;
}

/** Checks the options and reads the files that they name, relative ones from `folder`. Throws CONFIG_INVALID, FILE_NOT_FOUND. */
export async function readNatsSettings(options: NatsOptions, folder = '.'): Promise<NatsSettings> {
  const { user, password, token, creds, prefix = 'farsim', connectTimeout = 15 } = options;
  const servers = [options.servers].flat();
  for (const server of servers) requireServer(server);
  if (!isDottedName(prefix)) throw invalid(`the prefix ${JSON.stringify(prefix)} is not a part of a subject`);
  const logins = [user, token, creds].filter((login) => login !== undefined);
  if (logins.length > 1) throw invalid('give one login: `user` with `password`, `token`, or `creds`');
  if (password !== undefined && user === undefined) throw invalid('`password` needs a `user`');
  const tls = await readTls(options.tls, servers, folder);
  return {
    servers: servers.join(', '),
    prefix,
    connectTimeoutMs: connectTimeout * 1000,
    connection: {
      name: 'farsim',
      servers,
      ...(user !== undefined && { user }),
      ...(password !== undefined && { pass: password }),
      ...(token !== undefined && { token }),
      ...(creds !== undefined && { authenticator: await readCreds(path.resolve(folder, creds)) }),
      ...(tls && { tls }),
      timeout: connectTimeout * 1000,
      maxReconnectAttempts: -1,
      reconnectTimeWait: 200,
      reconnectJitterTLS: 100,
      ignoreAuthErrorAbort: true,
      pingInterval: 1000,
      maxPingOut: 2,
      noAsyncTraces: true,
    },
  };
}

function requireServer(server: string): void {
  const [, host] = /^(?:(?:nats|tls):\/\/)?([^/\s]+)$/.exec(server) ?? [];
  if (host === undefined) throw invalid(`${JSON.stringify(server)} is no NATS server`, 'nats://host:4222');
  if (host.includes('@'))
    throw invalid(
      'a login does not belong into the address of a server, which is shown in messages',
      '`user: me` and `password: ${env:NATS_PASSWORD}`',
    );
}

async function readCreds(file: string): Promise<ReturnType<typeof credsAuthenticator>> {
  const authenticator = credsAuthenticator(Buffer.from(await readNamedFile(file, 'creds')));
  try {
    authenticator('nonce');
  } catch (error) {
    throw new FarsimError('CONFIG_INVALID', `${file} holds no NATS credentials`, { cause: error });
  }
  return authenticator;
}

function invalid(sentence: string, suggestion?: string): FarsimError {
  return new FarsimError('CONFIG_INVALID', sentence, {
    ...(suggestion !== undefined && { suggestions: [suggestion] }),
  });
}
