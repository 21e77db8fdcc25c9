import { knownConventions, type EpisodeSummary, type ReplayReport } from '@farsim/core';
import { openRecording } from './mcap-recording.ts';
import { roundRecords } from './file/round-records.ts';

/** What `farsim data info` shows of a recording. */
export interface DataInfo {
  readonly sealed: boolean;
  readonly rounds: number;
  readonly episodes: number;
  readonly outcomes: Readonly<Partial<Record<EpisodeSummary['outcome'], number>>>;
  /** Rows of all rounds; a row is one frame of up to N envs. */
  readonly frames: number;
  /** Rows that damage took out between those of sealed rounds; absent when there are none. */
  readonly missing?: number;
  /** Of all episodes together. */
  readonly simulatedSeconds: number;
  readonly bytes: number;
  readonly sim: string;
  readonly task: string;
  readonly envs: number;
  /** How the simulator's conventions were known when it was recorded. */
  readonly conventions: ReplayReport['conventions'];
  readonly channels: readonly ChannelInfo[];
  /** As the last ended round's summary says. */
  readonly ledger?: { readonly index: number; readonly head: string };
}

export interface ChannelInfo {
  readonly topic: string;
  readonly schema: string;
  readonly messages: number;
  readonly bytes: number;
}

/** Reads all of a recording once and sums it up. Throws FILE_NOT_FOUND, RECORDING_INVALID. */
export async function dataInfo(target: string): Promise<DataInfo> {
  await using recording = await openRecording(target);
  const channels = new Map<string, { topic: string; schema: string; messages: number; bytes: number }>();
  let frames = 0;
  for (const { file, summary } of recording.files)
    frames += await countChannels(file, summary !== undefined, channels);
  const { spec } = recording.rounds[0]!;
  const { episodes } = recording;
  const ledger = [...recording.summaries.values()].findLast((summary) => summary.ledger)?.ledger;
  const gaps = recording.files.flatMap(({ summary }) => summary?.missing ?? []);
  const missing = gaps.reduce((sum, [first, last]) => sum + last - first + 1, 0);
  const outcomes = Map.groupBy(episodes, ({ outcome }) => outcome);
  return {
    sealed: recording.sealed,
    rounds: recording.rounds.length,
    episodes: episodes.length,
    outcomes: Object.fromEntries(Array.from(outcomes, ([outcome, those]) => [outcome, those.length])),
    frames,
    ...(missing > 0 && { missing }),
    simulatedSeconds: episodes.reduce((sum, { simulatedSeconds }) => sum + simulatedSeconds, 0),
    bytes: recording.files.reduce((sum, { bytes }) => sum + bytes, 0),
    sim: spec.sim,
    task: spec.task,
    envs: spec.num_envs,
    conventions: knownConventions(recording.rounds[0]!),
    channels: [...channels.values()].toSorted((a, b) => (a.topic < b.topic ? -1 : 1)),
    ...(ledger && { ledger }),
  };
}

type Totals = Map<string, { topic: string; schema: string; messages: number; bytes: number }>;

/** Adds a file's messages to the totals by topic; gives its number of rows. */
async function countChannels(file: string, sealed: boolean, totals: Totals): Promise<number> {
  const schemas = new Map<number, string>();
  const topics = new Map<number, string>();
  let rows = 0;
  for await (const record of roundRecords(file, sealed)) {
    if (record.type === 'Schema') schemas.set(record.id, record.name);
    if (record.type === 'Channel') {
      topics.set(record.id, record.topic);
      if (!totals.has(record.topic)) {
        totals.set(record.topic, {
          topic: record.topic,
          schema: schemas.get(record.schemaId) ?? '',
          messages: 0,
          bytes: 0,
        });
      }
    }
    if (record.type !== 'Message') continue;
    const total = totals.get(topics.get(record.channelId)!)!;
    total.messages++;
    total.bytes += record.data.length;
    if (total.topic === '/outcome') rows++;
  }
  return rows;
}
