import { Command, Flags } from '@oclif/core';
import { PluginFinder, configValue, loadConfig, planPipeline, showConfig } from '@farsim/core';
import { configFlag, requireConfigs } from '../../terminal/config-words.ts';

export default class ConfigShow extends Command {
  static override summary = 'Show a config as farsim reads it, secrets hidden.';
  static override usage = 'config show CONFIG... [key.path=value ...]';
  static override examples = ['<%= config.bin %> config show pipeline.yaml run.steps=9 --resolved --origin'];
  static override strict = false;
  static override flags = {
    config: configFlag,
    resolved: Flags.boolean({ summary: 'Fill in what plugins and hosts give by default.' }),
    origin: Flags.boolean({
      summary: 'Say where each value was written: file, line, command line or default.',
    }),
    json: Flags.boolean({ summary: 'Answer as one JSON object.' }),
  };

  async run(): Promise<void> {
    const { argv, flags } = await this.parse(ConfigShow);
    const { files, overrides } = requireConfigs('config show', argv as string[], flags.config);
    const loaded = loadConfig(files, overrides);
    const root = flags.resolved ? (await planPipeline(loaded, new PluginFinder())).resolved : loaded.root;
    this.log(
      flags.json ? JSON.stringify(configValue(root)) : showConfig(root, { origins: flags.origin }).trimEnd(),
    );
  }
}
