import { Command, Flags } from '@oclif/core';
import { chooseSession, splitHost } from '../../hosts/choose-session.ts';
import { takeInterruption } from '../../terminal/interruption.ts';
import { openNamedHost } from '../../hosts/open-far-host.ts';

export default class HostDown extends Command {
  static override summary =
    'End a simulator of yours on a machine, also one that is in use; see that nothing is left of it.';
  static override usage = 'host down [HOST] SESSION';
  static override description =
    'SESSION is an id, the beginning of one, or a simulator’s name; or what `farsim host ps` shows as queued, which is then taken out of its queue.';
  static override strict = false;
  static override flags = { json: Flags.boolean({ summary: 'Answer as one JSON object.' }) };

  async run(): Promise<void> {
    const { argv, flags } = await this.parse(HostDown);
    const { host, session: wanted } = splitHost(argv as string[]);
    using interruption = takeInterruption('stopping; the simulator may still end');
    const { signal } = interruption;
    await using opened = await openNamedHost(host, signal);
    const { far } = opened;
    const queued = await far.queued(signal);
    const session = await chooseSession(far, wanted, signal, async () =>
      queued.map(({ id }) => ({ session: id, name: '' })),
    );
    const launch = queued.find(({ id }) => id === session);
    if (launch) {
      await far.endQueued(launch);
      this.log(
        flags.json ? JSON.stringify({ host, queued: session }) : `${session} is out of the queue of ${host}`,
      );
      return;
    }
    const { left, reason } = await far.down(session, signal);
    if (flags.json) this.log(JSON.stringify({ host, session, left, reason }));
    else this.log(`session ${session} on ${host} is over${reason === null ? '' : `: ${reason}`}`);
    if (left.length === 0) return;
    process.exitCode = 1;
    this.logToStderr(`these processes could not be ended: ${left.join(' ')}`);
  }
}
