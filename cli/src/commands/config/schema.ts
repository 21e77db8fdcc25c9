import { Command, Flags } from '@oclif/core';
import { PluginFinder, configJsonSchema } from '@farsim/core';
import { warnOfBroken } from '../../terminal/warn-of-broken.ts';
import { writeNamedFile } from '../../terminal/write-named-file.ts';

export default class ConfigSchema extends Command {
  static override summary = 'Give the JSON Schema of config files, for editors.';
  static override description =
    'Begin a config with `# yaml-language-server: $schema=farsim.schema.json` and editors complete and check it.';
  static override flags = {
    output: Flags.string({
      char: 'o',
      helpValue: 'FILE',
      summary: 'Where it is written; left out: it is printed.',
    }),
    json: Flags.boolean({ summary: 'The answer is JSON either way.' }),
  };

  async run(): Promise<void> {
    const { flags } = await this.parse(ConfigSchema);
    const { plugins, broken } = await new PluginFinder().loadAll(process.cwd());
    warnOfBroken(this, broken);
    const schema = JSON.stringify(configJsonSchema(plugins), undefined, 2);
    if (flags.output === undefined) this.log(schema);
    else {
      await writeNamedFile(flags.output, `${schema}\n`);
      this.log(flags.json ? JSON.stringify({ file: flags.output }) : `wrote ${flags.output}`);
    }
  }
}
