import {
  openStreamChannel,
  OutputTail,
  parseSocketAddress,
  type Address,
  type Channel,
  type CloseReason,
  type Host,
  type LinkOptions,
  type Transport,
} from '@farsim/core';
import type { Duplex, Readable, Writable } from 'node:stream';
import type { SshClient } from './ssh-client.ts';
import { openSshClient, type ClientChoice } from './open-ssh-client.ts';
import { SshHost } from './programs/ssh-host.ts';
import { SshProgram } from './programs/ssh-program.ts';
import { resolveSshSettings, type SshOptions } from './config/ssh-settings.ts';

const stderrBytes = 16 << 10;
const exitMs = 500;

/** Reads the settings and checks the destination; nothing is dialled before something is asked for. Throws CONFIG_INVALID or UNSUPPORTED. */
export async function openSshTransport(
  options: SshOptions & { readonly client?: ClientChoice | undefined },
  log: (line: string) => void = () => undefined,
): Promise<SshTransport> {
  const settings = await resolveSshSettings(options);
  return new SshTransport(settings.name, openSshClient(settings, options.client ?? 'auto', log), log);
}

/** A machine reached over SSH: its programs, its sockets, and files put there. */
export class SshTransport implements Transport {
  readonly #name: string;
  readonly #client: SshClient;
  readonly #host: SshHost;
  readonly #channels = new Set<Channel>();
  readonly #log: (line: string) => void;

  constructor(name: string, client: SshClient, log: (line: string) => void) {
    this.#name = name;
    this.#client = client;
    this.#log = log;
    this.#host = new SshHost(name, client);
  }

  get host(): Host {
    return this.#host;
  }

  async connect(address: Address, options: LinkOptions = {}): Promise<Channel> {
    const channel =
      typeof address === 'string'
        ? await this.#forward(address, options)
        : await this.#exec(address.exec, options);
    this.#channels.add(channel);
    void channel.closed.then(() => this.#channels.delete(channel));
    return channel;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#client.refuseMore();
    await Promise.all([...this.#channels, this.#host].map((opened) => opened[Symbol.asyncDispose]()));
    await this.#client[Symbol.asyncDispose]();
  }

  async #exec(argv: readonly string[], options: LinkOptions): Promise<Channel> {
    const stderr = new OutputTail(stderrBytes);
    const program = await SshProgram.start(this.#client, argv, {
      ...options,
      onStderr: (chunk) => stderr.push(chunk),
    });
    const { input: writable, output: readable } = program.session;
    return this.#openChannel({ readable, writable }, async () => describeEnd(program, stderr));
  }

  async #forward(address: string, options: LinkOptions): Promise<Channel> {
    const { stream, loss } = await this.#client.forward(parseSocketAddress(address), options);
    return this.#openChannel(stream, async () => {
      const lost = stream.readableEnded ? loss() : undefined;
      return lost ? { kind: 'failure', message: lost.message } : {};
    });
  }

  #openChannel(
    stream: Duplex | { readonly readable: Readable; readonly writable: Writable },
    finish: () => Promise<Partial<CloseReason>>,
  ): Channel {
    return openStreamChannel(stream, {
      side: 'dialler',
      finish,
      onChatter: (text) =>
        this.#log(
          `${this.#name}: the login shell said ${JSON.stringify(text.slice(0, 200))} before the bridge answered`,
        ),
    });
  }
}

async function describeEnd(program: SshProgram, stderr: OutputTail): Promise<Partial<CloseReason>> {
  const byItself = await program.endWithin(exitMs);
  const end = byItself ?? (await program.end());
  const { loss } = program.session;
  return {
    stderr: stderr.text,
    ...(end.exitCode !== null && { exitCode: end.exitCode }),
    ...(byItself?.signal !== undefined && {
      kind: 'failure' as const,
      message: `the program was ended by ${byItself.signal}`,
    }),
    ...(byItself?.lost && loss && { kind: 'failure' as const, message: loss.message }),
  };
}
