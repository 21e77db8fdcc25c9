import { Command, Flags } from '@oclif/core';
import { PluginFinder } from '@farsim/core';
import { formatTable } from '../format.ts';

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
          return { ...listed, support: 'cannot be loaded', summary: (error as Error).message };
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
  }
}
