import { Command, Flags } from '@oclif/core';
import { PluginFinder, toFarsimError } from '@farsim/core';
import { formatTable } from '../format.ts';

const cannot = 'cannot be loaded';

export default class Plugins extends Command {
  static override summary = 'List the plugins that a config here could use.';
  static override flags = { json: Flags.boolean({ summary: 'Answer as one JSON object.' }) };

  async run(): Promise<void> {
    const { flags } = await this.parse(Plugins);
    const finder = new PluginFinder();
    const folder = process.cwd();
    const plugins = await Promise.all(
      finder.list(folder).map(async (listed) => {
        try {
          const { summary, support = 'untested' } = await finder.find(listed.kind, listed.name, folder);
          return { ...listed, support, summary };
        } catch (error) {
          return { ...listed, support: cannot, summary: said(error) };
        }
      }),
    );
    if (flags.json) this.log(JSON.stringify({ plugins }));
    else
      this.log(
        formatTable([
          ['kind and name', 'support', 'package'],
          ...plugins.map((p) => [`${p.kind} ${p.name}`, p.support, `${p.from} ${p.version}`]),
        ]),
      );
    for (const { kind, name, from, summary } of plugins.filter(({ support }) => support === cannot))
      this.logToStderr(`${kind} ${name} of ${from} ${cannot}: ${summary}`);
  }
}

function said(error: unknown): string {
  const { message, suggestions } = toFarsimError(error);
  return [message, ...suggestions].join('; ');
}
