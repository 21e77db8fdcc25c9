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
import type { ClientChannel } from 'ssh2';
import { SshConnections } from './ssh-connections.ts';
import { forwardError } from './ssh-errors.ts';
import { SshHost } from './ssh-host.ts';
import { SshProgram } from './ssh-program.ts';
import { resolveSshSettings, type SshOptions, type SshSettings } from './ssh-settings.ts';

const stderrBytes = 16 << 10;
const exitMs = 500;

/** Reads the settings and checks the destination; nothing is dialled before something is asked for. Throws CONFIG_INVALID or UNSUPPORTED. */
export async function openSshTransport(
  options: SshOptions,
  log: (line: string) => void = () => undefined,
): Promise<SshTransport> {
  return new SshTransport(await resolveSshSettings(options), options, log);
}

/** A machine reached over SSH: one connection, kept, and another only where the machine refuses more sessions on it. */
export class SshTransport implements Transport {
  readonly #settings: SshSettings;
  readonly #connections: SshConnections;
  readonly #host: SshHost;
  readonly #channels = new Set<Channel>();
  readonly #log: (line: string) => void;

  constructor(settings: SshSettings, options: SshOptions, log: (line: string) => void) {
    this.#settings = settings;
    this.#log = log;
    this.#connections = new SshConnections(settings, options);
    this.#host = new SshHost(settings.name, this.#connections);
  }

  get host(): Host {
    return this.#host;
  }

  async connect(address: Address, options: LinkOptions = {}): Promise<Channel> {
    const channel =
      typeof address === 'string'
        ? await this.#forward(address, options.signal)
        : await this.#exec(address.exec, options.signal);
    this.#channels.add(channel);
    void channel.closed.then(() => this.#channels.delete(channel));
    return channel;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#connections.refuseMore();
    await Promise.all([...this.#channels, this.#host].map((opened) => opened[Symbol.asyncDispose]()));
    await this.#connections[Symbol.asyncDispose]();
  }

  async #exec(argv: readonly string[], signal: AbortSignal | undefined): Promise<Channel> {
    const stderr = new OutputTail(stderrBytes);
    const program = await SshProgram.start(this.#connections, argv, {
      ...(signal && { signal }),
      onStderr: (chunk) => stderr.push(chunk),
    });
    return this.#openChannel(program.channel, async () => describeEnd(program, stderr));
  }

  async #forward(address: string, signal: AbortSignal | undefined): Promise<Channel> {
    const where = parseSocketAddress(address);
    const { connection, stream } = await this.#connections.open(async (opened) => {
      // sshd turns Nagle off on a connection only once a session was opened on it: 44 ms against 0.4 for 64 KiB
      await opened.holdIdleSession();
      const forwarded =
        where.kind === 'unix' ? opened.forwardUnix(where.path) : opened.forwardTcp(where.host, where.port);
      return forwarded.then(
        (channel) => ({ connection: opened, stream: channel }),
        (error: unknown) => {
          throw forwardError(error as Error, address, this.#settings.name);
        },
      );
    }, signal);
    return this.#openChannel(stream, async () => {
      const { loss } = connection;
      return loss && stream.readableEnded ? { kind: 'failure', message: loss.message } : {};
    });
  }

  #openChannel(stream: ClientChannel, finish: () => Promise<Partial<CloseReason>>): Channel {
    return openStreamChannel(stream, {
      side: 'dialler',
      finish,
      onChatter: (text) =>
        this.#log(
          `${this.#settings.name}: the login shell said ${JSON.stringify(text.slice(0, 200))} before the bridge answered`,
        ),
    });
  }
}

async function describeEnd(program: SshProgram, stderr: OutputTail): Promise<Partial<CloseReason>> {
  const byItself = await program.endWithin(exitMs);
  const end = byItself ?? (await program.end());
  const { loss } = program.connection;
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
