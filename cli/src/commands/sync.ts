import { Args, Command, Flags } from '@oclif/core';
import { takeInterruption } from '../interruption.ts';
import { listVideos } from '../list-videos.ts';
import { printRun } from '../print-run.ts';
import { createProgressLine } from '../progress-line.ts';
import { printRunning, syncFolder } from '../sync-folder.ts';

export default class Sync extends Command {
  static override summary = 'Bring the recording of a detached run here; once that is over, finish the run.';
  static override description =
    'While the run goes on, its finished rounds are fetched, each once. When it is over, the rest is, the ledger is computed again, and the run is replayed, drawn and sealed as `farsim run` would have done; then the recording is removed on the far machine. The exit status is the run’s own.';
  static override args = { run: Args.string({ description: 'The run’s folder.', default: 'runs/latest' }) };
  static override flags = { json: Flags.boolean({ summary: 'Answer as one JSON object.' }) };

  async run(): Promise<void> {
    const { args, flags } = await this.parse(Sync);
    using interruption = takeInterruption('stopping; what came whole is kept');
    using line = createProgressLine(flags.json);
    const synced = await syncFolder(args.run, interruption.signal, line);
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
