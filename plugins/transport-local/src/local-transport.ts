import net from 'node:net';
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
import { requireReachable } from './require-reachable.ts';
import { openProcessChannel } from './process-channel.ts';

export interface LocalTransportOptions {
  /** Allows addresses that other machines can reach. */
  readonly public?: boolean;
}

/** Sockets and processes of this machine. What it opened ends with it. */
export class LocalTransport implements Transport {
  readonly #public: boolean;
  readonly #opened = new Set<AsyncDisposable>();
  readonly #host = new LocalHost();
  #closed = false;

  constructor(options: LocalTransportOptions = {}) {
    this.#public = options.public ?? false;
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
    requireReachable(where, this.#public);
    if (options.signal?.aborted)
      throw new FarsimError('INTERRUPTED', `stopped before listening on ${address}`);
    const listener = await listenLocally(where, (socket) => {
      accept(this.#own(openStreamChannel(socket, { side: 'listener' })));
    });
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
    requireReachable(where, this.#public);
    return new Promise((resolve, reject) => {
      const socket = net.connect(where.kind === 'unix' ? { path: where.path } : { ...where, noDelay: true });
      const stop = (): void =>
        void socket.destroy(new FarsimError('INTERRUPTED', `stopped while dialling ${address}`));
      const fail = (error: Error): void => {
        signal?.removeEventListener('abort', stop);
        reject(dialError(error, address));
      };
      socket.once('error', fail);
      socket.once('connect', () => {
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
