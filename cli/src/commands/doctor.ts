import { Args, Command, Flags } from '@oclif/core';
import { FarsimError, errorCodes } from '@farsim/core';
import { statSync } from 'node:fs';
import { placeOf } from '../run/adopt-run.ts';
import { examineHere, type Finding } from '../doctor/examine.ts';
import { examineHost } from '../doctor/examine-host.ts';
import { splitArguments } from '../terminal/split-arguments.ts';

const marks = { good: 'ok  ', note: 'note', bad: 'BAD ' } as const;

export default class Doctor extends Command {
  static override summary =
    'Look at this machine and a far one for what farsim needs; with a config, probe its live simulators.';
  static override usage = ['doctor [HOST] [--config CONFIG]', 'doctor CONFIG... [key.path=value ...]'];
  static override examples = [
    '<%= config.bin %> doctor gpu-box',
    '<%= config.bin %> doctor pipeline.yaml --simulator plant',
  ];
  static override strict = false;
  static override args = {
    host: Args.string({
      description:
        'A host of the config or of hosts.yaml, an ssh destination, or local; or a config file, whose simulators are then started and probed.',
    }),
  };
  static override flags = {
    config: Flags.string({
      helpValue: 'FILE',
      multiple: true,
      multipleNonGreedy: true,
      summary: 'Config file whose `hosts` are known too; may repeat.',
    }),
    simulator: Flags.string({ helpValue: 'NAME', summary: 'Probe only this simulator of the config.' }),
    output: Flags.string({
      helpValue: 'FILE',
      summary: 'Where the probes’ report is written.',
      default: 'doctor.json',
    }),
    json: Flags.boolean({ summary: 'Answer as one JSON object.' }),
  };

  async run(): Promise<void> {
    const { argv, flags } = await this.parse(Doctor);
    const words = argv as string[];
    if (words.some(isConfigFile)) {
      const { files, overrides } = splitArguments(words);
      const { doctorConfig } = await import('../doctor/doctor-config.ts');
      const report = await doctorConfig({
        configs: [...files, ...(flags.config ?? [])],
        overrides,
        simulator: flags.simulator,
        output: flags.output,
        version: this.config.version,
        quiet: flags.json,
        say: (line) => this.log(line),
      });
      if (flags.json) this.log(JSON.stringify(report));
      return;
    }
    const [host = 'local', ...more] = words;
    if (more.length > 0 || flags.simulator !== undefined)
      throw new FarsimError('USAGE', `one host, or a config file: ${words.join(' ')}`, {
        suggestions: ['`farsim doctor CONFIG --simulator NAME` probes a simulator'],
      });
    const place = flags.config ? placeOf(flags.config) : {};
    const findings: Finding[] = [];
    const note = (finding: Finding): void => {
      findings.push(finding);
      if (!flags.json)
        this.log(
          `${marks[finding.state]} ${finding.what}: ${finding.said}${(finding.hints ?? []).map((hint) => `\n     ${hint}`).join('')}`,
        );
    };
    for await (const finding of examineHere()) note(finding);
    for await (const finding of examineHost(host, place)) note(finding);
    const worst = findings.find(({ state }) => state === 'bad');
    if (flags.json) this.log(JSON.stringify({ ok: worst === undefined, findings }));
    if (worst) process.exitCode = errorCodes[worst.code ?? 'INTERNAL'].exit;
  }
}

/** A host's name has no such ending, and is no file here. */
function isConfigFile(word: string): boolean {
  return /\.(ya?ml|json)$/.test(word) || Boolean(statSync(word, { throwIfNoEntry: false })?.isFile());
}
