import { Args, Command, Flags } from '@oclif/core';
import { isOverride, replay } from '@farsim/core';
import { takeInterruption } from '../interruption.ts';
import { openReplay } from '../open-replay.ts';
import { printReplay } from '../print-replay.ts';
import { createProgressLine } from '../progress-line.ts';

export default class Replay extends Command {
  static override summary = 'Put a recording’s states into MuJoCo here and compare the bodies’ poses.';
  static override usage = 'replay [RUN] [key=value ...]';
  static override strict = false;
  static override args = { run: Args.string({ description: 'A run’s folder.', default: 'runs/latest' }) };
  static override flags = {
    model: Flags.string({ summary: 'View it with this MJCF instead of the one that the run keeps.' }),
    tolerance: Flags.string({
      summary: 'Metres (and radians) by which a body may be elsewhere; more ends with status 12.',
    }),
    json: Flags.boolean({ summary: 'Answer as one JSON object.' }),
  };

  async run(): Promise<void> {
    const { argv, flags } = await this.parse(Replay);
    const words = argv as string[];
    const run = words.find((word) => !isOverride(word)) ?? 'runs/latest';
    using interruption = takeInterruption('stopping the replay');
    using line = createProgressLine(flags.json);
    await using opened = await openReplay({
      run,
      model: flags.model,
      viewOverrides: words.filter(isOverride),
      signal: interruption.signal,
      progress: (text) => line.phase(text),
    });
    const allowed = flags.tolerance === undefined ? undefined : Number(flags.tolerance);
    const report = await replay({
      recording: opened.recording,
      view: opened.pipeline.simulator('view'),
      signal: interruption.signal,
      ...(allowed !== undefined && { tolerance: { position: allowed, rotation: allowed } }),
      onProgress: ({ round, rounds }) => line.bar('replaying round', round + 1, rounds),
    });
    this.log(flags.json ? JSON.stringify(report) : printReplay(report));
  }
}
