import { Command, Flags } from '@oclif/core';
import {
  openPipeline,
  FarsimError,
  PluginFinder,
  serve,
  type AnyPlugin,
  type Codec,
  type Transport,
} from '@farsim/core';
import { takeInterruption } from '../interruption.ts';
import { createProgressLine } from '../progress-line.ts';
import { splitArguments } from '../split-arguments.ts';

export default class Serve extends Command {
  static override summary = 'Offer a simulator of a config to other programs, over a socket of this machine.';
  static override description =
    'Prints one JSON line with the address and the token that clients prove; ends at Ctrl-C.';
  static override usage = 'serve CONFIG... [key.path=value ...]';
  static override strict = false;
  static override flags = {
    simulator: Flags.string({
      summary: 'Which of the config’s simulators; may be left out when there is one.',
    }),
    address: Flags.string({
      default: 'tcp:127.0.0.1:0',
      summary: '`unix:/path` or `tcp:host:port`; port 0 chooses one.',
    }),
    'i-know-this-is-public': Flags.boolean({ summary: 'Allow an address that other machines can reach.' }),
    json: Flags.boolean({ summary: 'The answer is JSON either way.' }),
  };

  async run(): Promise<void> {
    const { argv, flags } = await this.parse(Serve);
    const { files, overrides } = splitArguments(argv as string[]);
    if (files.length === 0) throw new FarsimError('USAGE', 'which config file? `farsim serve CONFIG`');
    using interruption = takeInterruption('closing the simulator');
    using line = createProgressLine(flags.json);
    await using pipeline = await openPipeline(files, overrides, {
      signal: interruption.signal,
      progress: (text: string) => line.phase(text),
    });
    const simulator = pipeline.simulator(flags.simulator);
    const finder = new PluginFinder();
    const open = async (kind: AnyPlugin['kind'], name: string, config: object): Promise<unknown> => {
      const plugin = await finder.find(kind, name, process.cwd());
      return plugin.open(plugin.config.parse(config), { name, folder: process.cwd() } as Parameters<
        AnyPlugin['open']
      >[1]);
    };
    await using transport = (await open('transport', 'local', {
      public: flags['i-know-this-is-public'],
    })) as Transport;
    const codecs = [await open('codec', 'protobuf', {}), await open('codec', 'json', {})] as Codec[];
    await using service = await serve({ simulator, transport, address: flags.address, codecs });
    const { address, token, session } = service;
    this.log(
      JSON.stringify({
        farsim: 1,
        session,
        address,
        token,
        sim: simulator.spec.sim,
        task: simulator.spec.task,
      }),
    );
    await new Promise<void>((resolve) =>
      interruption.signal.addEventListener('abort', () => resolve(), { once: true }),
    );
  }
}
