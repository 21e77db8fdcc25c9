import { Command, Flags } from '@oclif/core';
import { isFarsimError } from '@farsim/core';
import { chooseSession, splitHost } from '../../hosts/choose-session.ts';
import { takeInterruption } from '../../terminal/interruption.ts';
import { openNamedHost } from '../../hosts/open-far-host.ts';

export default class HostLogs extends Command {
  static override summary = 'Show a simulator’s own log, also of one that is over.';
  static override usage = 'host logs [HOST] SESSION';
  static override strict = false;
  static override flags = {
    follow: Flags.boolean({ char: 'f', summary: 'Go on until the simulator is over.' }),
    lines: Flags.integer({ char: 'n', summary: 'How many of its last lines.', default: 50, min: 0 }),
    json: Flags.boolean({ summary: 'Answer as one JSON object.', exclusive: ['follow'] }),
  };

  async run(): Promise<void> {
    const { argv, flags } = await this.parse(HostLogs);
    const { host, session: wanted } = splitHost(argv as string[]);
    using interruption = takeInterruption('stopping');
    const { signal } = interruption;
    await using opened = await openNamedHost(host, signal);
    const session = await chooseSession(opened.far, wanted, signal);
    const chunks: Uint8Array[] = [];
    const { follow, lines } = flags;
    const onOutput = (chunk: Uint8Array): void => {
      if (flags.json) chunks.push(chunk);
      else process.stdout.write(chunk);
    };
    try {
      await opened.far.logs(session, { lines, follow, onOutput, signal });
    } catch (error) {
      if (follow && isFarsimError(error) && error.code === 'INTERRUPTED') return;
      throw error;
    }
    if (!flags.json) return;
    const text = Buffer.concat(chunks).toString('utf8');
    this.log(
      JSON.stringify({ host, session, lines: text === '' ? [] : text.replace(/\n$/, '').split('\n') }),
    );
  }
}
