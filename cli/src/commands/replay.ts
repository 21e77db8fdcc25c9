import { Args, Command, Flags } from '@oclif/core';
import { errorCodes, replay } from '@farsim/core';
import { chooseRun } from '../replay/choose-run.ts';
import { takeInterruption } from '../terminal/interruption.ts';
import { numberFlag } from '../terminal/number-flag.ts';
import { openReplay } from '../replay/open-replay.ts';
import { printReplay } from '../replay/print-replay.ts';
import { createProgressLine } from '../terminal/progress-line.ts';

export default class Replay extends Command {
  static override summary = 'Put a recording’s states into MuJoCo here and compare the bodies’ poses.';
  static override usage = 'replay [RUN] [key=value ...]';
  static override description =
    'Words of the form key=value are keys of the simulator that it is viewed in: `map=panda-map.yaml` with --model. A body that moves otherwise than recorded means another order, sign or model.';
  static override examples = [
    '<%= config.bin %> replay',
    '<%= config.bin %> replay runs/latest --model panda/scene.xml map=builtin:franka --tolerance 1e-4',
  ];
  static override strict = false;
  static override args = { run: Args.string({ description: 'A run’s folder.', default: 'runs/latest' }) };
  static override flags = {
    model: Flags.string({
      helpValue: 'FILE',
      summary: 'View it with this MJCF instead of the one that the run keeps.',
    }),
    tolerance: numberFlag({ min: 0 })({
      summary: 'Metres (and radians) by which a body may be elsewhere; more ends with status 12.',
    }),
    json: Flags.boolean({ summary: 'Answer as one JSON object.' }),
  };

  async run(): Promise<void> {
    const { argv, flags } = await this.parse(Replay);
    const { run, keys } = chooseRun(argv as string[]);
    using interruption = takeInterruption('stopping the replay');
    using line = createProgressLine(flags.json);
    await using opened = await openReplay({
      run,
      model: flags.model,
      viewOverrides: keys,
      signal: interruption.signal,
      progress: (text) => line.phase(text),
      log: (text) => line.note(text),
    });
    const { tolerance: allowed } = flags;
    const report = await replay({
      recording: opened.recording,
      view: opened.pipeline.simulator('view'),
      signal: interruption.signal,
      ...(allowed !== undefined && { tolerance: { position: allowed, rotation: allowed } }),
      onProgress: ({ round, rounds }) => line.bar('replaying round', round + 1, rounds),
    });
    this.log(flags.json ? JSON.stringify(report) : printReplay(report));
    if (report.compared === 0) process.exitCode = errorCodes.FINISHED_WITH_LOSS.exit;
  }
}
