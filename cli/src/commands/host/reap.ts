import { Args, Command, Flags } from '@oclif/core';
import { errorCodes, type LeftOver } from '@farsim/core';
import { createInterface } from 'node:readline/promises';
import { takeInterruption } from '../../terminal/interruption.ts';
import { openNamedHost } from '../../hosts/open-far-host.ts';
import { showLeftOver } from '../../hosts/show-sessions.ts';

export default class HostReap extends Command {
  static override summary = 'Find what is left over of simulators on a machine, ask, and end it.';
  static override description =
    'Left over are sessions whose supervisor is dead or whose lease has long been over, and processes that carry the marker of a session without a supervisor. Jobs of a queue that were launched from that machine are looked into. Nothing is found by the name of a process. Without a terminal and without --yes it only lists, and ends with exit status 2 when there is something.';
  static override args = {
    host: Args.string({
      description: 'An entry of hosts.yaml, an ssh destination, or local.',
      default: 'local',
    }),
  };
  static override flags = {
    yes: Flags.boolean({ char: 'y', summary: 'End it without asking.' }),
    json: Flags.boolean({ summary: 'Answer as one JSON object.' }),
  };

  async run(): Promise<void> {
    const { args, flags } = await this.parse(HostReap);
    const { host } = args;
    using interruption = takeInterruption('stopping');
    const { signal } = interruption;
    await using opened = await openNamedHost(host, signal);
    const { left, unseen } = await opened.far.leftOver(signal);
    for (const place of unseen) if (!flags.json) this.logToStderr(`not looked at: ${place}`);
    if (!flags.json) this.log(left.length === 0 ? `nothing is left over on ${host}` : showLeftOver(left));
    if (left.length > 0 && (flags.yes || (await this.#agrees(left, flags.json, signal)))) {
      const ended = await opened.far.reap(left, signal);
      const stayed = ended.flatMap((session) => session.left);
      if (flags.json) this.log(JSON.stringify({ host, left, unseen, ended }));
      else this.log(`${ended.length} ended`);
      if (stayed.length === 0) return;
      this.logToStderr(`these processes could not be ended: ${stayed.join(' ')}`);
      process.exitCode = 1;
      return;
    }
    if (flags.json) this.log(JSON.stringify({ host, left, unseen, ended: [] }));
    if (left.length > 0) process.exitCode = errorCodes.USAGE.exit;
  }

  /** Asks on a terminal; elsewhere nobody agrees. */
  async #agrees(left: readonly LeftOver[], json: boolean, signal: AbortSignal): Promise<boolean> {
    if (json || !process.stdin.isTTY || !process.stdout.isTTY) {
      if (!json) this.logToStderr('--yes ends this');
      return false;
    }
    const terminal = createInterface({ input: process.stdin, output: process.stdout });
    try {
      const answer = await terminal.question(
        `end ${left.length === 1 ? 'it' : `these ${left.length}`}? [y/N] `,
        {
          signal,
        },
      );
      return /^y(es)?$/i.test(answer.trim());
    } finally {
      terminal.close();
    }
  }
}
