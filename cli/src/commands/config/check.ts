import { Command, Flags } from '@oclif/core';
import { showPlan } from '../../show-plan.ts';
import { splitArguments } from '../../split-arguments.ts';

export default class ConfigCheck extends Command {
  static override summary = 'Check a config against the plugins that it uses; open nothing.';
  static override usage = 'config check CONFIG... [key.path=value ...]';
  static override strict = false;
  static override flags = { json: Flags.boolean({ summary: 'Answer as one JSON object.' }) };

  async run(): Promise<void> {
    const { argv, flags } = await this.parse(ConfigCheck);
    const { files, overrides } = splitArguments(argv as string[]);
    const sections = await showPlan(files, overrides);
    this.log(
      flags.json
        ? JSON.stringify({ ok: true, sections })
        : `${files.join(', ')}: good, ${sections.length} sections`,
    );
  }
}
