import { readFile } from 'node:fs/promises';
import { Command, Flags } from '@oclif/core';
import {
  openPipeline,
  FarsimError,
  PluginFinder,
  requireToken,
  serve,
  type AnyPlugin,
  type Codec,
  type Pipeline,
  type Transport,
} from '@farsim/core';
import { takeInterruption } from '../terminal/interruption.ts';
import { createProgressLine } from '../terminal/progress-line.ts';
import { splitArguments } from '../terminal/split-arguments.ts';

export default class Serve extends Command {
  static override summary =
    'Offer a simulator of a config to other programs, over a socket or a message bus.';
  static override description =
    'Prints one JSON line with the address and the token that clients prove; ends at Ctrl-C.';
  static override usage = 'serve CONFIG... [key.path=value ...]';
  static override examples = ['<%= config.bin %> serve pipeline.yaml --simulator plant'];
  static override strict = false;
  static override flags = {
    simulator: Flags.string({
      helpValue: 'NAME',
      summary: 'Which of the config’s simulators; may be left out when there is one.',
    }),
    transport: Flags.string({
      helpValue: 'NAME',
      summary: 'Which of the config’s `transports` to listen on; left out: a socket of this machine.',
    }),
    address: Flags.string({
      helpValue: 'ADDRESS',
      summary: '`unix:/path` or `tcp:host:port`, where port 0 chooses one; `subject:NAME` on a bus.',
    }),
    'token-file': Flags.string({
      helpValue: 'FILE',
      summary: 'File with the token, 64 hexadecimal digits; left out: one is made.',
    }),
    'i-know-this-is-public': Flags.boolean({
      summary: 'Allow an address that other machines can reach; it needs a certificate.',
    }),
    'tls-cert': Flags.string({
      helpValue: 'FILE',
      summary: 'Certificate, with which what is listened for over TCP is encrypted.',
      dependsOn: ['tls-key'],
    }),
    'tls-key': Flags.string({ helpValue: 'FILE', summary: 'Its key.', dependsOn: ['tls-cert'] }),
    json: Flags.boolean({ summary: 'The answer is JSON either way.' }),
  };

  async run(): Promise<void> {
    const { argv, flags } = await this.parse(Serve);
    const { files, overrides } = splitArguments(argv as string[]);
    if (files.length === 0) throw new FarsimError('USAGE', 'which config file? `farsim serve CONFIG`');
    if (flags.transport !== undefined && flags.address === undefined)
      throw new FarsimError('USAGE', `which address on ${flags.transport}? \`--address subject:NAME\``);
    const tokenFile = flags['token-file'];
    const token = tokenFile === undefined ? undefined : await readToken(tokenFile);
    using interruption = takeInterruption('closing the simulator');
    using line = createProgressLine(flags.json);
    await using pipeline = await openPipeline(files, overrides, {
      signal: interruption.signal,
      progress: (text: string) => line.phase(text),
    });
    const simulator = pipeline.simulator(flags.simulator);
    await using transport = await listeningTransport(pipeline, flags.transport, {
      public: flags['i-know-this-is-public'],
      ...(flags['tls-cert'] && { tls: { cert: flags['tls-cert'], key: flags['tls-key'] } }),
    });
    const codecs = [await openDefault('codec', 'protobuf', {}), await openDefault('codec', 'json', {})];
    await using service = await serve({
      simulator,
      transport,
      address: flags.address ?? 'tcp:127.0.0.1:0',
      codecs: codecs as Codec[],
      ...(token !== undefined && { token }),
    });
    const { sim, task } = simulator.spec;
    const { session, address } = service;
    this.log(JSON.stringify({ farsim: 1, session, address, token: service.token, sim, task }));
    await new Promise<void>((resolve) =>
      interruption.signal.addEventListener('abort', () => resolve(), { once: true }),
    );
  }
}

async function readToken(file: string): Promise<string> {
  const text = await readFile(file, 'utf8').catch((cause: unknown) => {
    throw new FarsimError('FILE_NOT_FOUND', `--token-file: ${file} cannot be read`, { cause });
  });
  return requireToken(text, `--token-file: what ${file} holds`);
}

async function listeningTransport(
  pipeline: Pipeline,
  name: string | undefined,
  local: object,
): Promise<Transport> {
  if (name !== undefined) return pipeline.transport(name);
  return (await openDefault('transport', 'local', local)) as Transport;
}

/** Opens a plugin that comes with farsim, which no config names. */
async function openDefault(kind: AnyPlugin['kind'], name: string, config: object): Promise<unknown> {
  const folder = process.cwd();
  const plugin = await new PluginFinder().find(kind, name, folder);
  return plugin.open(plugin.config.parse(config), { name, folder } as Parameters<AnyPlugin['open']>[1]);
}
