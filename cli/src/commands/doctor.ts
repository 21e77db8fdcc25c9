import { Args, Command, Flags } from '@oclif/core';
import { errorCodes } from '@farsim/core';
import { placeOf } from '../adopt-run.ts';
import { examineHere, type Finding } from '../examine.ts';
import { examineHost } from '../examine-host.ts';

const marks = { good: 'ok  ', note: 'note', bad: 'BAD ' } as const;

export default class Doctor extends Command {
  static override summary = 'Look at this machine, and at a far one, for what farsim needs.';
  static override args = {
    host: Args.string({
      description: 'A host of the config or of hosts.yaml, an ssh destination, or local.',
    }),
  };
  static override flags = {
    config: Flags.string({
      multiple: true,
      multipleNonGreedy: true,
      summary: 'Config file whose `hosts` are known too; may repeat.',
    }),
    json: Flags.boolean({ summary: 'Answer as one JSON object.' }),
  };

  async run(): Promise<void> {
    const { args, flags } = await this.parse(Doctor);
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
    for await (const finding of examineHost(args.host ?? 'local', place)) note(finding);
    const worst = findings.find(({ state }) => state === 'bad');
    if (flags.json) this.log(JSON.stringify({ ok: worst === undefined, findings }));
    if (worst) process.exitCode = errorCodes[worst.code ?? 'INTERNAL'].exit;
  }
}
