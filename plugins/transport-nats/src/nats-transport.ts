import {
  FarsimError,
  type Address,
  type Channel,
  type LinkOptions,
  type Listener,
  type Transport,
} from '@farsim/core';
import { listenerSubjects } from './bus-subjects.ts';
import { termsOf } from './bus-terms.ts';
import { dialListener } from './dial-listener.ts';
import { dialServer } from './dial-server.ts';
import { listenOnBus } from './listen-on-bus.ts';
import { NatsBus } from './nats-bus.ts';
import { readNatsSettings, type NatsOptions, type NatsSettings } from './nats-settings.ts';

export interface NatsSurroundings {
  /** Relative paths start here. */
  readonly folder?: string;
  readonly signal?: AbortSignal;
  readonly log?: (line: string) => void;
}

/** Connects to the first server that answers. Throws HOST_UNREACHABLE, LOGIN_REFUSED, UNSUPPORTED, CONFIG_INVALID, FILE_NOT_FOUND, INTERRUPTED. */
export async function openNatsTransport(
  options: NatsOptions,
  { folder, signal, log = () => undefined }: NatsSurroundings = {},
): Promise<NatsTransport> {
  const settings = await readNatsSettings(options, folder);
  const bus = new NatsBus(await dialServer(settings, signal), settings.servers, log);
  try {
    termsOf(bus.maxPayload, bus.servers);
  } catch (error) {
    await bus[Symbol.asyncDispose]();
    throw error;
  }
  return new NatsTransport(bus, settings);
}

/**
 * Channels over the subjects of a NATS server. They end with the connection to it; the transport dials it again and goes on.
 * `fresh` needs nothing: a dead connection is found out within 3 s, whoever asks.
 */
export class NatsTransport implements Transport {
  readonly #bus: NatsBus;
  readonly #settings: NatsSettings;
  readonly #opened = new Set<AsyncDisposable>();
  #closing: Promise<void> | undefined;

  constructor(bus: NatsBus, settings: NatsSettings) {
    this.#bus = bus;
    this.#settings = settings;
  }

  async connect(address: Address, { signal }: LinkOptions = {}): Promise<Channel> {
    this.#requireOpen();
    const subjects = listenerSubjects(address, this.#settings.prefix);
    if (signal?.aborted)
      throw new FarsimError('INTERRUPTED', `stopped before ${subjects.address} was dialled`);
    const timeoutMs = this.#settings.connectTimeoutMs;
    return this.#own(await dialListener(this.#bus, subjects, { timeoutMs, signal }));
  }

  async listen(
    address: string,
    accept: (channel: Channel) => void,
    { signal }: LinkOptions = {},
  ): Promise<Listener> {
    this.#requireOpen();
    const subjects = listenerSubjects(address, this.#settings.prefix);
    if (signal?.aborted) throw new FarsimError('INTERRUPTED', `stopped before listening on ${address}`);
    const listener = await listenOnBus(this.#bus, subjects, (channel) => accept(this.#own(channel)));
    this.#opened.add(listener);
    if (this.#closing) await listener[Symbol.asyncDispose]();
    return listener;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return (this.#closing ??= this.#close());
  }

  async #close(): Promise<void> {
    await Promise.all([...this.#opened].map((opened) => opened[Symbol.asyncDispose]()));
    await this.#bus[Symbol.asyncDispose]();
  }

  #own(channel: Channel): Channel {
    this.#opened.add(channel);
    void channel.closed.then(() => this.#opened.delete(channel));
    if (this.#closing) void channel[Symbol.asyncDispose]();
    return channel;
  }

  #requireOpen(): void {
    if (this.#closing) throw new FarsimError('CLOSED', 'the NATS transport was closed');
  }
}
