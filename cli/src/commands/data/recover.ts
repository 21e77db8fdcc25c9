import { Args, Command, Flags } from '@oclif/core';

export default class DataRecover extends Command {
  static override summary =
    'Seal a recording whose process died, and mend one that is damaged; every whole row is kept.';
  static override description =
    'Unsealed rounds are sealed; sealed ones are read whole, and one with a damaged place is sealed anew with what can be read. It says which rows are lost, and the file as it was stays beside.';
  static override args = { run: Args.string({ description: 'A run’s folder or file.', required: true }) };
  static override flags = {
    force: Flags.boolean({
      summary: 'Also when a process on another machine may still record there: you know that it does not.',
    }),
    json: Flags.boolean({ summary: 'Answer as one JSON object.' }),
  };

  async run(): Promise<void> {
    const { args, flags } = await this.parse(DataRecover);
    const { recover } = await import('@farsim/recorder-mcap');
    const recovery = await recover(args.run, { force: flags.force, damaged: true });
    if (flags.json) {
      this.log(JSON.stringify(recovery));
      return;
    }
    for (const { file, rows, lostBytes, missing, original } of recovery.sealed) {
      this.log(`${file}: sealed with ${rows} rows, ${lostBytes} bytes lost`);
      for (const [first, last] of missing) this.log(`  rows ${first} to ${last} are lost`);
      if (original) this.log(`  it was damaged: the file as it was is ${original}`);
    }
    for (const file of recovery.headless) this.log(`${file}: has no whole header; left as it is`);
    if (recovery.sealed.length === 0) this.log('nothing to seal, and nothing damaged');
  }
}
