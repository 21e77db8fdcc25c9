import { Command, Flags } from '@oclif/core';
import { fileURLToPath } from 'node:url';
import { checkLift } from '../run/check-lift.ts';
import { formatTable } from '../terminal/format.ts';
import { listVideos } from '../run/list-videos.ts';
import { printRun } from '../run/print-run.ts';
import { runConfig } from '../run/run-config.ts';
import { isOverride } from '@farsim/core';

const config = fileURLToPath(new URL('../../demo/demo.yaml', import.meta.url));

export default class Demo extends Command {
  static override summary =
    'Show the whole of farsim: a far arm lifts a cube; recorded, replayed here, drawn.';
  static override description =
    'Three episodes in native Python MuJoCo, in processes of their own over the real protocol, become a recording, an MP4 per episode and a contact sheet. The cube’s height in each last frame is checked.';
  static override usage = 'demo [--host me@gpu-box] [key.path=value ...]';
  static override strict = false;
  static override flags = {
    host: Flags.string({
      helpValue: 'HOST',
      summary: 'Far machine, as for ssh: me@gpu-box. Left out: this one.',
    }),
    json: Flags.boolean({ summary: 'Answer as one JSON object.' }),
  };

  async run(): Promise<void> {
    const { argv, flags } = await this.parse(Demo);
    const host = flags.host === undefined ? [] : [`simulators.plant.on=${JSON.stringify(flags.host)}`];
    const summary = await runConfig([config], [...host, ...(argv as string[]).filter(isOverride)], {
      quiet: flags.json,
    });
    if (summary.reason === 'interrupted') {
      process.exitCode = 130;
      this.log(flags.json ? JSON.stringify(summary) : printRun(summary).trimEnd());
      return;
    }
    const [lifts, videos] = [await checkLift(summary), await listVideos(summary)];
    if (flags.json) {
      this.log(JSON.stringify({ ...summary, lifts, videos }));
      return;
    }
    const rows = lifts.map(({ episode, from, to }) => [
      `episode ${episode}`,
      `${from.toFixed(3)} m`,
      `${to.toFixed(3)} m`,
    ]);
    this.log(
      [formatTable([['cube', 'at first', 'at last'], ...rows]), '', printRun(summary, videos).trimEnd()].join(
        '\n',
      ),
    );
  }
}
