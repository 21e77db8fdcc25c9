import {
  FarsimError,
  outcomeContext,
  type EpisodeSummary,
  type OutcomeContext,
  type RecordedRow,
  type Recording,
  type RoundHeader,
  type RoundSummary,
} from '@farsim/core';
import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { channelContent, type ChannelContent } from './rows/channel-records.ts';
import { deriveEpisodes } from './derive-episodes.ts';
import { readRoundFacts, roundRecords, type RoundFacts } from './file/round-records.ts';
import { readIndex } from './run/run-index.ts';
import { RowReader } from './rows/row-reader.ts';

/** Opens a run's folder or one round's file; with `distrust` all of it is read, and a sealed round that is damaged counts as one that was never sealed. Throws FILE_NOT_FOUND, RECORDING_INVALID. */
export async function openRecording(
  target: string,
  { distrust = false }: { readonly distrust?: boolean } = {},
): Promise<McapRecording> {
  const found = await stat(target).catch(() => undefined);
  if (!found) throw new FarsimError('FILE_NOT_FOUND', `${target} is not there`);
  const files = found.isDirectory() ? await roundFiles(target) : [target];
  const facts: RoundFacts[] = [];
  const headless: string[] = [];
  for (const file of files) {
    const round = await readRoundFacts(file, distrust);
    if (round) facts.push(round);
    else headless.push(file);
  }
  if (facts.length === 0) {
    throw new FarsimError('RECORDING_INVALID', `${target} holds no round that farsim recorded`, {
      suggestions: ['name a run’s folder or a file rounds/*.mcap in it'],
    });
  }
  const closed = found.isDirectory()
    ? ((await readIndex(target).catch(() => undefined))?.closed ?? false)
    : true;
  const sealed = closed && headless.length === 0 && facts.every(({ summary }) => summary);
  const recording = new McapRecording(facts, headless, sealed);
  await recording.findEpisodes();
  return recording;
}

async function roundFiles(folder: string): Promise<string[]> {
  const rounds = path.join(folder, 'rounds');
  const names = await readdir(rounds).catch(() => []);
  return names
    .filter((name) => name.endsWith('.mcap'))
    .toSorted()
    .map((name) => path.join(rounds, name));
}

/** A run on disk; rows are read from the files as they are asked for. */
export class McapRecording implements Recording {
  readonly files: readonly RoundFacts[];
  /** Files that died before their header was whole. */
  readonly headless: readonly string[];
  readonly rounds: readonly RoundHeader[];
  readonly summaries: ReadonlyMap<number, RoundSummary>;
  readonly sealed: boolean;
  #episodes: readonly EpisodeSummary[] = [];

  constructor(files: readonly RoundFacts[], headless: readonly string[], sealed: boolean) {
    this.files = files;
    this.headless = headless;
    this.rounds = files.map(({ header }) => header);
    this.summaries = new Map(
      files.flatMap(({ header, summary }) => (summary ? [[header.round, summary]] : [])),
    );
    this.sealed = sealed;
  }

  get episodes(): readonly EpisodeSummary[] {
    return this.#episodes;
  }

  /** Takes the episodes of sealed rounds from their summaries and finds those of unsealed ones in their rows. */
  async findEpisodes(): Promise<void> {
    const episodes: EpisodeSummary[] = [];
    for (const { header, summary } of this.files) {
      const next = episodes.reduce((most, { episode }) => Math.max(most, episode + 1), 0);
      episodes.push(...(summary?.episodes ?? (await deriveEpisodes(header, this.rows(header.round), next))));
    }
    this.#episodes = episodes;
  }

  episodesOf(round: number): readonly EpisodeSummary[] {
    return this.#episodes.filter((episode) => episode.round === round);
  }

  async *rows(round: number): AsyncGenerator<RecordedRow> {
    const facts = this.files.find(({ header }) => header.round === round);
    if (!facts) throw new FarsimError('BAD_ARGUMENT', `the recording has no round ${round}`);
    yield* readRows(facts);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return Promise.resolve();
  }
}

async function* readRows(facts: RoundFacts): AsyncGenerator<RecordedRow> {
  const { file, summary } = facts;
  let rows = 0;
  for await (const row of wholeRows(facts)) {
    rows++;
    yield row;
  }
  if (summary && rows !== summary.rows) {
    throw new FarsimError(
      'RECORDING_INVALID',
      `${file} holds ${rows} of the ${summary.rows} rows that its summary says`,
    );
  }
}

async function* wholeRows({ file, header, summary }: RoundFacts): AsyncGenerator<RecordedRow> {
  const context: OutcomeContext = outcomeContext(header.spec);
  const contents = new Map<number, ChannelContent>();
  let reader: RowReader | undefined;
  for await (const record of roundRecords(file, summary !== undefined)) {
    if (record.type === 'Channel') {
      const content = channelContent(record);
      if (content) contents.set(record.id, content);
    }
    if (record.type !== 'Message') continue;
    const content = contents.get(record.channelId);
    if (!content) continue;
    if (reader && reader.row !== record.sequence) {
      const row = reader.finish();
      reader = undefined;
      if (row) yield row;
    }
    reader ??= new RowReader(context, record.sequence);
    reader.take(content, record.data);
  }
  const last = reader?.finish();
  if (last) yield last;
}
