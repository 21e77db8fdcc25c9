import { Command, Flags } from '@oclif/core';
import { isFarsimError, type OverSession } from '@farsim/core';
import { chooseSession, splitHost, type NamedSession } from '../../hosts/choose-session.ts';
import { takeInterruption } from '../../terminal/interruption.ts';
import { openNamedHost } from '../../hosts/open-far-host.ts';

export default class HostLogs extends Command {
  static override summary = 'Show a simulator’s own log, also of one that is over.';
  static override usage = 'host logs [HOST] SESSION';
  static override description =
    'SESSION is an id, the beginning of one, or a simulator’s name: that of the one that runs, else the one that was over last.';
  static override examples = [
    '<%= config.bin %> host logs plant',
    '<%= config.bin %> host logs me@gpu-box a62f -f',
  ];
  static override strict = false;
  static override flags = {
    follow: Flags.boolean({ char: 'f', summary: 'Go on until the simulator is over.' }),
    lines: Flags.integer({
      char: 'n',
      helpValue: 'NUMBER',
      summary: 'How many of its last lines.',
      default: 50,
      min: 0,
    }),
    json: Flags.boolean({ summary: 'Answer as one JSON object.', exclusive: ['follow'] }),
  };

  async run(): Promise<void> {
    const { argv, flags } = await this.parse(HostLogs);
    const { host, session: wanted } = splitHost(argv as string[]);
    using interruption = takeInterruption('stopping');
    const { signal } = interruption;
    await using opened = await openNamedHost(host, signal);
    const { far } = opened;
    let over: readonly OverSession[] = [];
    const session = await chooseSession(far, wanted, signal, async () =>
      newestByName((over = await far.over(signal))),
    );
    const ended = over.find((one) => one.session === session);
    if (ended && !flags.json)
      this.logToStderr(`${nameOf(ended)} is over: ${ended.reason}${olderOf(ended, over)}`);
    const chunks: Uint8Array[] = [];
    const { follow, lines } = flags;
    const onOutput = (chunk: Uint8Array): void => {
      if (flags.json) chunks.push(chunk);
      else process.stdout.write(chunk);
    };
    try {
      await far.logs(session, { lines, follow, onOutput, signal });
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

/** A name means the newest session that had it; the older ones are named by their ids. */
function newestByName(over: readonly OverSession[]): readonly NamedSession[] {
  return over.map(({ session, name }, i) => ({
    session,
    name: over.findIndex((other) => other.name === name) === i ? name : '',
  }));
}

function nameOf({ session, name }: NamedSession): string {
  return name === '' ? session : `${name} (${session})`;
}

function olderOf({ session, name }: OverSession, over: readonly OverSession[]): string {
  const older = name === '' ? [] : over.filter((other) => other.name === name && other.session !== session);
  if (older.length === 0) return '';
  const shown = older.slice(0, 5).map((other) => other.session);
  return `; others of that name: ${shown.join(', ')}${older.length > 5 ? ', …' : ''}`;
}
