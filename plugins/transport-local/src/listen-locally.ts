import { chmod, lstat, mkdir, rm, stat } from 'node:fs/promises';
import net from 'node:net';
import path from 'node:path';
import tls from 'node:tls';
import { isMainThread } from 'node:worker_threads';
import { FarsimError, type Listener, type SocketAddress } from '@farsim/core';
import { listenError } from './local-errors.ts';
import type { TlsTexts } from './tls-files.ts';

const ownerOnly = 0o600;
const handshakeMs = 5_000;

/** Accepts connections until the listener is disposed. A socket file is 0600 in a folder that no one else may write; one that nobody answers is replaced. */
export async function listenLocally(
  where: SocketAddress,
  accept: (socket: net.Socket) => void,
  encryption?: TlsTexts,
): Promise<Listener> {
  if (where.kind === 'unix') await prepareFolder(path.dirname(where.path));
  const name = where.kind === 'unix' ? `unix:${where.path}` : `tcp:${where.host}:${where.port}`;
  const server =
    where.kind === 'tcp' && encryption
      ? encryptedServer(encryption, accept)
      : net.createServer({ noDelay: true }, accept);
  try {
    await bind(server, where).catch(async (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EADDRINUSE' || where.kind !== 'unix' || !(await isStale(where.path))) throw error;
      await rm(where.path);
      await bind(server, where);
    });
    if (where.kind === 'unix') await chmod(where.path, ownerOnly);
  } catch (error) {
    server.close();
    throw listenError(error as NodeJS.ErrnoException, name);
  }
  const bound = server.address();
  return {
    address:
      where.kind === 'tcp' && bound && typeof bound === 'object'
        ? `tcp:${bracketed(where.host)}:${bound.port}`
        : name,
    async [Symbol.asyncDispose]() {
      // its connections have owners of their own, so their end is not awaited
      server.close();
    },
  };
}

/** Who does not finish the handshake is left alone. Throws CONFIG_INVALID without a certificate, or for one that is none. */
function encryptedServer({ cert, key }: TlsTexts, accept: (socket: net.Socket) => void): tls.Server {
  if (cert === undefined || key === undefined) {
    throw new FarsimError('CONFIG_INVALID', 'who listens with `tls` needs a certificate and its key', {
      suggestions: ['`tls: { cert: FILE, key: FILE }`, or --tls-cert FILE --tls-key FILE'],
    });
  }
  try {
    const options = { cert, key, noDelay: true, handshakeTimeout: handshakeMs };
    return tls.createServer(options, accept).on('tlsClientError', (_, socket) => socket.destroy());
  } catch (cause) {
    throw new FarsimError(
      'CONFIG_INVALID',
      `tls: the certificate and key cannot be used: ${(cause as Error).message}`,
      { cause },
    );
  }
}

function bracketed(host: string): string {
  return host.includes(':') ? `[${host}]` : host;
}

function bind(server: net.Server, where: SocketAddress): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    const listening = (): void => {
      server.off('error', reject);
      resolve();
    };
    if (where.kind === 'tcp') {
      server.listen({ host: where.host, port: where.port }, listening);
      return;
    }
    // the file is made inside listen(); only a main thread may set the mask
    const mask = isMainThread ? process.umask(0o177) : undefined;
    server.listen({ path: where.path }, listening);
    if (mask !== undefined) process.umask(mask);
  });
}

async function prepareFolder(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const { mode, uid } = await stat(folder);
  const sticky = (mode & 0o1000) !== 0;
  const mine = uid === process.getuid?.() || uid === 0;
  if (mine && (sticky || (mode & 0o022) === 0)) return;
  throw new FarsimError('PATH_REFUSED', `others may replace a socket in ${folder}`, {
    suggestions: [`chmod 700 ${folder}`],
  });
}

async function isStale(file: string): Promise<boolean> {
  if (!(await lstat(file)).isSocket()) return false;
  return new Promise((resolve) => {
    const probe = net.connect({ path: file });
    probe.once('connect', () => {
      probe.destroy();
      resolve(false);
    });
    probe.once('error', (error: NodeJS.ErrnoException) => resolve(error.code === 'ECONNREFUSED'));
  });
}
