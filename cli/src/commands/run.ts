import { Command, Flags } from '@oclif/core';
import { FarsimError, PluginFinder, loadConfig, planDetached, planPipeline } from '@farsim/core';
import { configFlag } from '../terminal/config-words.ts';
import { spanFlag, withLease } from '../run/far-leases.ts';
import { runConfig } from '../run/run-config.ts';
import { listVideos } from '../run/list-videos.ts';
import { printRun } from '../run/print-run.ts';
import { unfinishedRun } from '../run/unfinished-run.ts';
import { splitArguments } from '../terminal/split-arguments.ts';

export default class Run extends Command {
  static override summary = 'Run what a config file describes: drive, record, replay, draw.';
  static override usage = ['run CONFIG... [key.path=value ...]', 'run --resume FOLDER [key.path=value ...]'];
  static override description =
    'Words of the form key.path=value replace values of the config: run.steps=50. +key.path=value adds one, ~key.path takes one away. What a run leaves is in its folder, runs/latest.';
  static override examples = [
    '<%= config.bin %> run examples/remote-replay.yaml run.episodes=3',
    '<%= config.bin %> run pipeline.yaml simulators.plant.on=me@gpu-box --json',
  ];
  static override strict = false;
  static override flags = {
    config: configFlag,
    keep: spanFlag({
      summary: 'Leave the far simulators running for the next run of the same config: 90s, 30m, 4h.',
    }),
    'exit-with-client': Flags.boolean({
      summary: 'End the far simulators as soon as the link to here ends: the same as lease.grace 0.',
    }),
    'take-over': Flags.boolean({
      summary: 'Take far simulators that another client controls, and end what it does with them.',
    }),
    resume: Flags.string({
      helpValue: 'FOLDER',
      summary: 'Go on with the unfinished run in this folder; its config may be left out.',
    }),
    detach: Flags.boolean({
      summary:
        'Start the run on the far machine, leave it to that and return; `farsim sync` brings the recording here.',
      exclusive: ['keep', 'exit-with-client', 'take-over', 'resume'],
    }),
    'dry-run': Flags.boolean({
      summary: 'Check everything; show what would be opened, run and uploaded, and do none of it.',
    }),
    json: Flags.boolean({ summary: 'Answer as one JSON object.' }),
  };

  async run(): Promise<void> {
    const { argv, flags } = await this.parse(Run);
    const { files, overrides } = splitArguments(argv as string[]);
    const asked = { configs: [...files, ...(flags.config ?? [])], overrides };
    const { configs, overrides: given } = flags.resume ? await unfinishedRun(flags.resume, asked) : asked;
    if (configs.length === 0)
      throw new FarsimError('USAGE', 'which config file? `farsim run CONFIG`', {
        suggestions: ['`farsim init` writes one'],
      });
    const grace = flags['exit-with-client'] ? 0 : undefined;
    const leased = await withLease(configs, given, { keep: flags.keep, grace });
    if (flags['dry-run']) {
      const { showPlan } = await import('../run/show-plan.ts');
      const { printStarts, showStarts } = await import('../run/show-start.ts');
      const sections = await showPlan(configs, leased);
      const starts = await showStarts(configs, leased);
      if (flags.detach) planDetached(await planPipeline(loadConfig(configs, leased), new PluginFinder()));
      this.log(
        flags.json
          ? JSON.stringify({ sections, starts })
          : [...sections.map((line) => Object.values(line).join('  ')), printStarts(starts)]
              .join('\n')
              .trimEnd(),
      );
      return;
    }
    if (flags.detach) {
      const { detachConfig, printDetached } = await import('../run/detach-config.ts');
      const detached = await detachConfig(configs, leased, flags.json);
      this.log(flags.json ? JSON.stringify(detached) : printDetached(detached));
      return;
    }
    const summary = await runConfig(configs, leased, {
      quiet: flags.json,
      resume: flags.resume,
      takeOver: flags['take-over'],
    });
    const videos = await listVideos(summary);
    this.log(flags.json ? JSON.stringify({ ...summary, videos }) : printRun(summary, videos).trimEnd());
    if (summary.reason === 'interrupted') process.exitCode = 130;
  }
}
