import { existsSync } from 'node:fs';
import { readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { FarsimError } from '../../model/errors.ts';
import type { EpisodeSummary, Recording } from '../../ports/recorder.ts';
import { plainValue } from '../../yaml/config-node.ts';
import type { PipelinePlan } from '../plan/pipeline-plan.ts';
import { readConfigText } from '../../yaml/read-config.ts';
import { noteEvent, openRunFolder, type RunFolder } from './run-folder.ts';
import { showConfig } from '../config/show-config.ts';

/** Where an earlier part of a run ended. */
export interface RunProgress {
  /** Rounds that there are. */
  readonly rounds: number;
  /** Episodes that came to their end, or to their round's. */
  readonly episodes: number;
  /** Numbers of the next round and the next episode. */
  readonly next: { readonly round: number; readonly episode: number };
}

export interface ReopenedRun {
  readonly folder: RunFolder;
  readonly done: RunProgress;
}

const unfinished: ReadonlySet<EpisodeSummary['outcome']> = new Set(['interrupted', 'failed']);

/**
 * Opens a run's folder to go on with it: its rounds must be sealed (`farsim data recover`). An episode that was broken off
 * stays where it is and is done anew. Throws FILE_NOT_FOUND, USAGE when the run is finished, and CONFIG_INVALID when
 * the config is another one than then.
 */
export async function reopenRun(
  plan: PipelinePlan,
  runFolder: string,
  open: (path: string) => Promise<Recording>,
): Promise<ReopenedRun> {
  const folder = openRunFolder(runFolder);
  const config = path.join(folder.path, 'run.yaml');
  if (!existsSync(config)) throw new FarsimError('FILE_NOT_FOUND', `${folder.path} is no run's folder`);
  await requireSameConfig(plan, config);
  const done = await progressOf(await open(folder.path));
  const wanted = plan.run!.config.episodes;
  if (done.episodes >= wanted) {
    throw new FarsimError('USAGE', `${folder.path} has all its ${wanted} episodes`, {
      suggestions: [`run.episodes=${2 * wanted} asks for more`],
    });
  }
  // until it is sealed again
  await rm(path.join(folder.path, 'exit.json'), { force: true });
  noteEvent(folder, { event: 'resumed', rounds: done.rounds, episodes: done.episodes });
  return { folder, done };
}

async function progressOf(recording: Recording): Promise<RunProgress> {
  await using read = recording;
  const next = {
    round: read.rounds.reduce((next, { round }) => Math.max(next, round + 1), 0),
    episode: read.episodes.reduce((next, { episode }) => Math.max(next, episode + 1), 0),
  };
  const episodes = read.episodes.filter(({ outcome }) => !unfinished.has(outcome)).length;
  return { rounds: read.rounds.length, episodes, next };
}

/** Rounds of one recording must have come about in the same way; only how many there are may change. */
async function requireSameConfig(plan: PipelinePlan, file: string): Promise<void> {
  const then = parts(plainValue(readConfigText(await readFile(file, 'utf8'), file)));
  const now = parts(plainValue(readConfigText(showConfig(plan.resolved, { asWritten: true }), 'the config')));
  const changed = Object.keys({ ...then, ...now }).find((key) => !isDeepStrictEqual(then[key], now[key]));
  if (changed === undefined) return;
  throw new FarsimError('CONFIG_INVALID', `'${changed}' is not what it was when ${file} was written`, {
    suggestions: ['begin a new run, or restore the config'],
  });
}

type Section = Readonly<Record<string, unknown>>;

const farLife: ReadonlySet<string> = new Set(['on', 'lease', 'start']);

/** What makes rounds alike: where the far side runs and how long it is waited for does not matter, nor what is drawn here. */
function parts(config: unknown): Section {
  const {
    simulators = {},
    controllers,
    run = {},
  } = config as {
    readonly simulators?: Readonly<Record<string, Section>>;
    readonly controllers?: Section;
    readonly run?: Section;
  };
  const driven = Object.entries(simulators).filter(([name]) => name !== run.replay);
  const sections = driven.map(([name, section]) => [`simulators.${name}`, without(section, farLife)]);
  const { simulator, controller, steps, seed, options } = run;
  return {
    ...(Object.fromEntries(sections) as Section),
    controllers,
    ...{ 'run.simulator': simulator, 'run.controller': controller, 'run.steps': steps },
    ...{ 'run.seed': seed, 'run.options': options },
  };
}

function without(section: Section, keys: ReadonlySet<string>): Section {
  return Object.fromEntries(Object.entries(section).filter(([key]) => !keys.has(key)));
}
