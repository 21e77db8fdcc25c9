import { Command, Flags } from '@oclif/core';
import { FarsimError, errorCodes } from '@farsim/core';
import { holdConfig } from '../conform/hold-config.ts';
import { printConform, printRule } from '../conform/print-conform.ts';
import { configFlag, requireConfigs } from '../terminal/config-words.ts';
import { takeInterruption } from '../terminal/interruption.ts';
import { createProgressLine } from '../terminal/progress-line.ts';

export default class Conform extends Command {
  static override summary =
    'Check that the simulators and plugins that a config names keep the contracts of their ports.';
  static override description =
    'Opens each simulator, controller, codec and recorder that the config writes and checks every rule of its kind on it; the adapter of `use: python` is held to the rules of adapters too. A rule about what a part does not offer is shown as --. Ends with exit status 12 when a rule is broken. `doctor` asks whether the physics are right, this whether the calls are.';
  static override usage = 'conform CONFIG... [key.path=value ...] [--only NAME]';
  static override examples = [
    '<%= config.bin %> conform pendulum.yaml',
    '<%= config.bin %> conform pipeline.yaml --only plant',
  ];
  static override strict = false;
  static override flags = {
    config: configFlag,
    only: Flags.string({
      multiple: true,
      multipleNonGreedy: true,
      summary: 'Hold only this section, by its name or as `kind/name`; may repeat.',
    }),
    json: Flags.boolean({ summary: 'Answer as one JSON object.' }),
  };

  async run(): Promise<void> {
    const { argv, flags } = await this.parse(Conform);
    const { files, overrides } = requireConfigs('conform', argv as string[], flags.config);
    using interruption = takeInterruption('stopping after this rule', 'ending the far simulators by force');
    using line = createProgressLine(true);
    const say = (text: string): void => {
      line[Symbol.dispose]();
      if (!flags.json) this.log(text);
    };
    const report = await holdConfig({
      configs: files,
      overrides,
      only: flags.only ?? [],
      signal: interruption.signal,
      hurry: interruption.hurry,
      progress: (text) => line.phase(text),
      log: (text) => line.note(text),
      onSection: (section, plugin) => say(`${section} (${plugin})`),
      onRule: (rule) => say(printRule(rule)),
      onNotHeld: (section, why) => say(`${section}: not held: ${why}`),
    });
    if (report.sections.length === 0)
      throw new FarsimError('UNSUPPORTED', 'nothing in this config could be held to a contract', {
        suggestions: report.notHeld.map(({ section, why }) => `${section}: ${why}`),
      });
    this.log(flags.json ? JSON.stringify(report) : printConform(report));
    if (!report.ok) process.exitCode = errorCodes.VERIFICATION_FAILED.exit;
  }
}
