import { Args, Command, Flags } from '@oclif/core';
import { takeInterruption } from '../../terminal/interruption.ts';
import { openNamedHost } from '../../hosts/open-far-host.ts';
import { showQueued, showSessions, showUnfetched } from '../../hosts/show-sessions.ts';

export default class HostPs extends Command {
  static override summary =
    'List your simulators on a machine: what they do, who uses them, and for how long they stay.';
  static override args = {
    host: Args.string({
      description: 'An entry of hosts.yaml, an ssh destination, or local.',
      default: 'local',
    }),
  };
  static override flags = { json: Flags.boolean({ summary: 'Answer as one JSON object.' }) };

  async run(): Promise<void> {
    const { args, flags } = await this.parse(HostPs);
    using interruption = takeInterruption('stopping');
    await using opened = await openNamedHost(args.host, interruption.signal);
    const { far } = opened;
    const { signal } = interruption;
    const [sessions, queued, unfetched] = await Promise.all([
      far.sessions(signal),
      far.queued(signal),
      far.unfetched(signal),
    ]);
    if (flags.json) {
      this.log(JSON.stringify({ host: args.host, sessions, queued, unfetched }));
      return;
    }
    this.log(sessions.length === 0 ? `no simulator of yours runs on ${args.host}` : showSessions(sessions));
    for (const launch of queued) this.log(showQueued(args.host, launch));
    for (const recording of unfetched) this.log(showUnfetched(args.host, recording));
  }
}
