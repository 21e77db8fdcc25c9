import { Command, Flags } from '@oclif/core';
import {
  FarsimError,
  PluginFinder,
  loadConfig,
  openPlan,
  planPipeline,
  type RemoteSimulator,
} from '@farsim/core';
import { farSimulators, spanFlag, withLease } from '../../run/far-leases.ts';
import { takeInterruption } from '../../terminal/interruption.ts';
import { createProgressLine } from '../../terminal/progress-line.ts';
import { splitArguments } from '../../terminal/split-arguments.ts';

export default class HostUp extends Command {
  static override summary = 'Start a config’s far simulators, so that the next run of it finds them ready.';
  static override usage = 'host up CONFIG... [key.path=value ...] [--keep 4h]';
  static override description =
    'A run of an equal config joins them by itself; `farsim host down` ends one before its time.';
  static override examples = ['<%= config.bin %> host up pipeline.yaml --keep 8h'];
  static override strict = false;
  static override flags = {
    keep: spanFlag({
      summary:
        'How long they wait for a run, and again after each: 90s, 30m, 4h; in seconds where there is no unit.',
      default: 14_400,
      defaultHelp: () => Promise.resolve('4h'),
    }),
    json: Flags.boolean({ summary: 'Answer as one JSON object.' }),
  };

  async run(): Promise<void> {
    const { argv, flags } = await this.parse(HostUp);
    const { files, overrides } = splitArguments(argv as string[]);
    if (files.length === 0) throw new FarsimError('USAGE', 'which config file? `farsim host up CONFIG`');
    const started = await this.#start(
      files,
      await withLease(files, overrides, { keep: flags.keep }),
      flags.json,
    );
    if (flags.json) this.log(JSON.stringify({ started, keep: flags.keep }));
    else this.log(started.map(({ name, host, session }) => `${name} on ${host}: ${session}`).join('\n'));
  }

  /** Opens the far simulators and leaves them. */
  async #start(files: readonly string[], overrides: readonly string[], quiet: boolean): Promise<Started[]> {
    using interruption = takeInterruption('stopping; what was started ends');
    using line = createProgressLine(quiet);
    const finder = new PluginFinder();
    const plan = await planPipeline(loadConfig(files, overrides), finder);
    const far = { ...plan, simulators: farSimulators(plan), run: undefined };
    await using pipeline = await openPlan(far, finder, {
      signal: interruption.signal,
      progress: (text) => line.phase(text),
      log: (text) => line.note(text),
    });
    return far.simulators.map((name) => {
      const { on } = plan.sections.get(`simulator/${name}`)!.config as { readonly on: string };
      const { session } = pipeline.simulator(name) as RemoteSimulator;
      return { name, host: on, session: session.control.welcome.session };
    });
  }
}

interface Started {
  readonly name: string;
  readonly host: string;
  readonly session: string;
}
