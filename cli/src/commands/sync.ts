import { Args, Command, Flags } from '@oclif/core';
import { adoptRun } from '../run/adopt-run.ts';
import { takeInterruption } from '../terminal/interruption.ts';
import { listVideos } from '../run/list-videos.ts';
import { printRun } from '../run/print-run.ts';
import { createProgressLine } from '../terminal/progress-line.ts';
import { printRunning, syncFolder } from '../run/sync-folder.ts';

export default class Sync extends Command {
  static override summary = 'Bring the recording of a detached run here; once that is over, finish the run.';
  static override description =
    'While the run goes on, its finished rounds are fetched, each once. When it is over, the rest is, the ledger is computed again, and the run is replayed, drawn and sealed as `farsim run` would have done; then the recording is removed on the far machine. The exit status is the run’s own.';
  static override usage = ['sync [RUN]', 'sync HOST SESSION [--folder runs]'];
  static override examples = ['<%= config.bin %> sync', '<%= config.bin %> sync me@gpu-box a62ff173166a'];
  static override args = {
    run: Args.string({
      description: 'The run’s folder; or, where there is none here, the HOST that it runs on.',
      default: 'runs/latest',
    }),
    session: Args.string({ description: 'With HOST: the run’s session, as `farsim host ps HOST` lists it.' }),
  };
  static override flags = {
    folder: Flags.string({
      helpValue: 'FOLDER',
      summary: 'With HOST SESSION: where the runs’ folders are.',
      default: 'runs',
    }),
    config: Flags.string({
      multiple: true,
      helpValue: 'FILE',
      multipleNonGreedy: true,
      summary: 'With HOST SESSION: config file whose `hosts` are known too; may repeat.',
    }),
    json: Flags.boolean({ summary: 'Answer as one JSON object.' }),
  };

  async run(): Promise<void> {
    const { args, flags } = await this.parse(Sync);
    using interruption = takeInterruption('stopping; what came whole is kept');
    using line = createProgressLine(flags.json);
    const { signal } = interruption;
    const { folder: parent, config: configs } = flags;
    const wanted = args.session;
    const run =
      wanted === undefined ? args.run : await adoptRun({ host: args.run, wanted, parent, configs, signal });
    const synced = await syncFolder(run, signal, line);
    if (synced.state === 'running') {
      this.log(flags.json ? JSON.stringify(synced) : printRunning(synced));
      return;
    }
    const { summary } = synced;
    const videos = await listVideos(summary);
    if (flags.json) this.log(JSON.stringify({ ...synced, ...summary, summary: undefined, videos }));
    else this.log(printRun(summary, videos).trimEnd());
    if (summary.reason === 'interrupted') process.exitCode = 130;
  }
}
