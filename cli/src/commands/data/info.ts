import { Args, Command, Flags } from '@oclif/core';
import { FarsimError, explainNoRounds, readAway } from '@farsim/core';
import { formatBytes, formatTable } from '../../terminal/format.ts';
import { describeMap, readMaps } from '../../maps/list-maps.ts';

export default class DataInfo extends Command {
  static override summary = 'Say what a recording holds, sealed or not.';
  static override args = {
    run: Args.string({ description: 'A run’s folder or file.', default: 'runs/latest' }),
  };
  static override flags = {
    verify: Flags.boolean({
      summary: 'Compute the step ledger again: proves that each action ran once, in order.',
    }),
    json: Flags.boolean({ summary: 'Answer as one JSON object.' }),
  };

  async run(): Promise<void> {
    const { args, flags } = await this.parse(DataInfo);
    const { dataInfo, openRecording, verifyLedger } = await import('@farsim/recorder-mcap');
    const info = await dataInfo(args.run).catch((error: unknown) => explainNoRounds(error, args.run));
    let ledger: Awaited<ReturnType<typeof verifyLedger>> | undefined;
    if (flags.verify) {
      await using recording = await openRecording(args.run);
      ledger = await verifyLedger(recording);
    }
    const maps = readMaps(args.run);
    if (flags.json) this.log(JSON.stringify({ ...info, maps, ...(ledger && { verified: ledger }) }));
    else {
      const mapped = Object.entries(maps).flatMap(([name, map]) => describeMap(name, map));
      this.log(
        [
          ...describe(info, await stateOf(info, args.run)),
          ...mapped,
          ...(ledger ? describeLedger(ledger) : []),
        ].join('\n'),
      );
    }
    if (ledger && ledger.faults.length > 0) {
      const { length } = ledger.faults;
      throw new FarsimError(
        'VERIFICATION_FAILED',
        `${args.run}: ${length} rows are not what the simulator computed`,
      );
    }
  }
}

type Info = Awaited<ReturnType<typeof import('@farsim/recorder-mcap').dataInfo>>;
type Ledger = Awaited<ReturnType<typeof import('@farsim/recorder-mcap').verifyLedger>>;

/** Whether the recording is whole, and how it becomes so. */
async function stateOf({ sealed }: Info, run: string): Promise<string> {
  if (sealed) return 'sealed';
  const away = await readAway(run);
  return away
    ? `goes on on ${away.host}: \`farsim sync ${run}\` fetches the rest`
    : `NOT sealed: \`farsim data recover ${run}\` seals it`;
}

function describe(info: Info, state: string): string[] {
  const outcomes = Object.entries(info.outcomes).map(([outcome, count]) => `${count} ${outcome}`);
  return [
    `${info.sim} ${info.task}, ${info.envs} envs, conventions: ${info.conventions}, ${state}`,
    `${info.rounds} rounds, ${info.episodes} episodes (${outcomes.join(', ')}), ${info.frames} frames, ${info.simulatedSeconds.toFixed(2)} simulated seconds, ${formatBytes(info.bytes)}`,
    ...(info.missing ? [`${info.missing} frames are missing between them: the file was damaged`] : []),
    formatTable([
      ['channel', 'messages', 'bytes'],
      ...info.channels.map(({ topic, messages, bytes }) => [topic, String(messages), formatBytes(bytes)]),
    ]),
    ...(info.ledger ? [`ledger ${info.ledger.index} ${info.ledger.head}`] : []),
  ];
}

function describeLedger({ entries, requests, replies, gaps, faults }: Ledger): string[] {
  return [
    `ledger: ${entries} entries, ${requests} requests and ${replies} replies computed again, ${gaps.length} gaps, ${faults.length} faults`,
    ...faults.slice(0, 10).map((fault) => `  ${JSON.stringify(fault)}`),
  ];
}
