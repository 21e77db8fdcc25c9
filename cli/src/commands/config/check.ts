import { Command, Flags } from '@oclif/core';
import { showPlan } from '../../run/show-plan.ts';
import { configFlag, requireConfigs } from '../../terminal/config-words.ts';

export default class ConfigCheck extends Command {
  static override summary = 'Check a config against the plugins that it uses; open nothing.';
  static override usage = 'config check CONFIG... [key.path=value ...]';
  static override strict = false;
  static override flags = {
    config: configFlag,
    json: Flags.boolean({ summary: 'Answer as one JSON object.' }),
  };

  async run(): Promise<void> {
    const { argv, flags } = await this.parse(ConfigCheck);
    const { files, overrides } = requireConfigs('config check', argv as string[], flags.config);
    const sections = await showPlan(files, overrides);
    this.log(
      flags.json
        ? JSON.stringify({ ok: true, sections })
        : `${files.join(', ')}: good, ${sections.length} sections`,
    );
  }
}
