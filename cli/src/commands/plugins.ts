import { Command, Flags } from '@oclif/core';
import { PluginFinder, supportRows, toFarsimError } from '@farsim/core';
import { formatTable } from '../terminal/format.ts';

const cannot = 'cannot be loaded';

interface Tried {
  readonly of: string;
  readonly level: string;
}

export default class Plugins extends Command {
  static override summary =
    'List the plugins that a config in this folder can name in `use:`, and how far each was tried.';
  static override flags = { json: Flags.boolean({ summary: 'Answer as one JSON object.' }) };

  async run(): Promise<void> {
    const { flags } = await this.parse(Plugins);
    const finder = new PluginFinder();
    const folder = process.cwd();
    const plugins = await Promise.all(
      finder.list(folder).map(async (listed) => {
        try {
          const { summary, support } = await finder.find(listed.kind, listed.name, folder);
          return { ...listed, support: supportRows(support), summary };
        } catch (error) {
          return { ...listed, support: [{ of: '', level: cannot }], summary: said(error) };
        }
      }),
    );
    if (flags.json) this.log(JSON.stringify({ plugins }));
    else
      this.log(
        formatTable([
          ['kind and name', 'how far it was tried', 'package'],
          ...plugins.flatMap((p) => rowsOf(`${p.kind} ${p.name}`, p.support, `${p.from} ${p.version}`)),
        ]),
      );
    for (const { kind, name, from, summary } of plugins.filter(
      (plugin) => plugin.support[0]?.level === cannot,
    ))
      this.logToStderr(`${kind} ${name} of ${from} ${cannot}: ${summary}`);
  }
}

/** One line for a plugin, and one for each thing that it may meet where they differ. */
function rowsOf(name: string, support: readonly Tried[], from: string): string[][] {
  if (support.length === 1 && support[0]!.of === '') return [[name, support[0]!.level, from]];
  return [[name, '', from], ...support.map(({ of, level }) => [`  ${of}`, level, ''])];
}

function said(error: unknown): string {
  const { message, suggestions } = toFarsimError(error);
  return [message, ...suggestions].join('; ');
}
