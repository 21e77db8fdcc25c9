import net from 'node:net';
import tls from 'node:tls';
import {
  FarsimError,
  openStreamChannel,
  parseSocketAddress,
  type Address,
  type Channel,
  type Host,
  type LinkOptions,
  type Listener,
  type Transport,
} from '@farsim/core';
import { listenLocally } from './listen-locally.ts';
import { dialError } from './local-errors.ts';
import { LocalHost } from './local-host.ts';
import { requireReachable, type Reach } from './require-reachable.ts';
import { openProcessChannel } from './process-channel.ts';
import type { TlsTexts } from './tls-files.ts';

export interface LocalTransportOptions {
  /** Allows addresses that other machines can reach. */
  readonly public?: boolean;
  /** Encrypts all TCP: with the certificate and key where this side listens, with the authority that it trusts where it dials. */
  readonly tls?: TlsTexts;
}

/** Sockets and processes of this machine. What it opened ends with it. */
export class LocalTransport implements Transport {
  readonly #reach: Reach;
  readonly #tls: TlsTexts | undefined;
  readonly #opened = new Set<AsyncDisposable>();
  readonly #host = new LocalHost();
  #closed = false;

  constructor(options: LocalTransportOptions = {}) {
    this.#reach = { public: options.public ?? false, encrypted: options.tls !== undefined };
    this.#tls = options.tls;
  }

  get host(): Host {
    return this.#host;
  }

  async connect(address: Address, options: LinkOptions = {}): Promise<Channel> {
    this.#requireOpen();
    const channel =
      typeof address === 'string'
        ? openStreamChannel(await this.#dial(address, options.signal), { side: 'dialler' })
        : await openProcessChannel(address.exec, options.signal);
    return this.#own(channel);
  }

  async listen(
    address: string,
    accept: (channel: Channel) => void,
    options: LinkOptions = {},
  ): Promise<Listener> {
    this.#requireOpen();
    const where = parseSocketAddress(address);
    requireReachable(where, this.#reach);
    if (options.signal?.aborted)
      throw new FarsimError('INTERRUPTED', `stopped before listening on ${address}`);
    const take = (socket: net.Socket): void =>
      accept(this.#own(openStreamChannel(socket, { side: 'listener' })));
    const listener = await listenLocally(where, take, this.#tls);
    this.#opened.add(listener);
    return listener;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closed = true;
    await Promise.all([...this.#opened, this.#host].map((opened) => opened[Symbol.asyncDispose]()));
    this.#opened.clear();
  }

  #own(channel: Channel): Channel {
    this.#opened.add(channel);
    void channel.closed.then(() => this.#opened.delete(channel));
    if (this.#closed) void channel[Symbol.asyncDispose]();
    return channel;
  }

  #dial(address: string, signal: AbortSignal | undefined): Promise<net.Socket> {
    const where = parseSocketAddress(address);
    requireReachable(where, this.#reach);
    const encrypted = where.kind === 'tcp' && this.#tls;
    return new Promise((resolve, reject) => {
      const socket = encrypted
        ? tls.connect({ ...where, ...serverName(where.host), ...(encrypted.ca && { ca: encrypted.ca }) })
        : net.connect(where.kind === 'unix' ? { path: where.path } : { ...where, noDelay: true });
      socket.setNoDelay(true);
      const stop = (): void =>
        void socket.destroy(new FarsimError('INTERRUPTED', `stopped while dialling ${address}`));
      const fail = (error: Error): void => {
        signal?.removeEventListener('abort', stop);
        reject(dialError(error, address));
      };
      socket.once('error', fail);
      socket.once(encrypted ? 'secureConnect' : 'connect', () => {
        signal?.removeEventListener('abort', stop);
        socket.off('error', fail);
        resolve(socket);
      });
      if (signal?.aborted) stop();
      else signal?.addEventListener('abort', stop);
    });
  }

  #requireOpen(): void {
    if (this.#closed) throw new FarsimError('CLOSED', 'the local transport was closed');
  }
}

/** Certificates name hosts by SNI, which knows no numbers. */
function serverName(host: string): { servername?: string } {
  return net.isIP(host) ? {} : { servername: host };
}
