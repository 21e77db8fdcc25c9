import { PoseResidual, type BodyPoseError, type PoseTolerance } from '../mapping/pose-residual.ts';
import { FarsimError } from '../model/errors.ts';
import { conventionsHold } from '../model/probe-report.ts';
import type { WorldState } from '../model/world-state.ts';
import type { EpisodeSummary, RecordedRow, Recorder, Recording, RoundHeader } from '../ports/recorder.ts';
import type { Simulator } from '../ports/simulator.ts';
import { momentOf } from './env-moment.ts';
import { RecorderFeed } from './recorder-feed.ts';

export interface ReplayOptions {
  readonly recording: Recording;
  /** Where the states are set, kinematically; its first env is used. */
  readonly view: Simulator;
  /** Numbers of the episodes to compare; absent is all. */
  readonly episodes?: readonly number[];
  /** Are given the recorded rounds as if they happened now, such as one that draws them. */
  readonly recorders?: readonly Recorder[];
  /** Largest difference of a body's pose, its constant offset aside, that is not yet a failure; the replay stops at the first frame past it. */
  readonly tolerance?: PoseTolerance;
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: ReplayProgress) => void;
}

export interface ReplayProgress {
  readonly round: number;
  readonly rounds: number;
  readonly row: number;
}

export interface ReplayReport {
  readonly episodes: number;
  /** States of one env whose bodies were compared. */
  readonly compared: number;
  /** How the recorded simulator's conventions were known, the least sure of them. */
  readonly conventions: 'probed' | 'declared' | 'assumed';
  /** The worst bodies first. */
  readonly bodies: readonly BodyPoseError[];
  /** Recorded bodies that the view has not. */
  readonly unmatched: readonly string[];
}

/**
 * Puts a recording's states into a view simulator, without physics, and compares where its bodies then are with where the
 * recorded ones were: the strongest test of a name map. Rows without recorded body poses are not compared. Throws
 * VERIFICATION_FAILED past the tolerance, INTERRUPTED when the signal aborts.
 */
export async function replay(options: ReplayOptions): Promise<ReplayReport> {
  const { recording, view, recorders = [] } = options;
  const episodes = recording.episodes.filter(({ episode }) => options.episodes?.includes(episode) ?? true);
  const feed = new RecorderFeed(recorders);
  const errors = new PoseResidual(recording.rounds[0]!.spec, view.spec);
  await view.reset({ want: { state: true, bodies: 'always' } });
  for (const header of recording.rounds) {
    const { round } = header;
    const ofRound = episodes.filter((episode) => episode.round === round);
    await feed.begin(header);
    for await (const row of recording.rows(round)) {
      if (options.signal?.aborted)
        throw new FarsimError('INTERRUPTED', `stopped in round ${round} of the replay`);
      await compareRow(view, row, ofRound, errors);
      if (options.tolerance) requireWithin(errors, options.tolerance, `row ${row.row} of round ${round}`);
      await feed.write(row.frame, row.action);
      options.onProgress?.({ round, rounds: recording.rounds.length, row: row.row });
    }
    await feed.accepted();
    const all = recording.episodes.filter((episode) => episode.round === round);
    await feed.end(recording.summaries.get(round) ?? { episodes: all, reason: 'interrupted' });
  }
  const report: ReplayReport = {
    episodes: episodes.length,
    compared: errors.rows,
    conventions: knownConventions(recording.rounds[0]!),
    bodies: errors.report(),
    unmatched: errors.unmatched,
  };
  if (options.tolerance && report.compared === 0) throw nothingCompared();
  return report;
}

async function compareRow(
  view: Simulator,
  { row, frame }: RecordedRow,
  episodes: readonly EpisodeSummary[],
  errors: PoseResidual,
): Promise<void> {
  for (const { env, firstRow, lastRow } of episodes) {
    if (row < firstRow || row > lastRow) continue;
    const moment = momentOf(frame, env);
    if (moment && holdsBodies(moment.state))
      errors.compare(moment.state, await viewState(view, moment.state));
  }
}

async function viewState(view: Simulator, state: WorldState): Promise<WorldState> {
  if (!view.setState) {
    throw new FarsimError(
      'UNSUPPORTED',
      `a recording cannot be replayed in '${view.spec.sim}': its state cannot be set`,
    );
  }
  const viewed = await view.setState(state, { envs: Int32Array.of(0) });
  return viewed.state ?? { entities: {} };
}

function holdsBodies(state: WorldState): boolean {
  return Object.values(state.entities).some(({ body_pos: poses }) => poses);
}

/** How sure a recorded simulator's conventions are: what its probes found out, else the least of what its adapter says of each. */
export function knownConventions({
  spec,
  probes,
}: Pick<RoundHeader, 'spec' | 'probes'>): ReplayReport['conventions'] {
  const hold = probes && conventionsHold(probes);
  if (hold !== undefined) return hold ? 'probed' : 'assumed';
  const known = Object.values(spec.native).map((convention) => convention.known);
  if (known.length === 0 || known.includes('assumed')) return 'assumed';
  return known.includes('declared') ? 'declared' : 'probed';
}

function nothingCompared(): FarsimError {
  return new FarsimError(
    'VERIFICATION_FAILED',
    'nothing was compared: the recording holds no bodies’ poses',
    {
      suggestions: ['leave the tolerance out', 'record with a simulator that has `bodies`'],
    },
  );
}

function requireWithin(errors: PoseResidual, tolerance: PoseTolerance, where: string): void {
  const apart = errors.past(tolerance);
  const worst = apart[0];
  if (!worst) return;
  throw new FarsimError(
    'VERIFICATION_FAILED',
    `at ${where} ${apart.length === 1 ? 'a body is' : `${apart.length} bodies are`} elsewhere than recorded: '${worst.body}' by ${worst.movingPosition.toPrecision(3)} m and ${worst.movingRotation.toPrecision(3)} rad, ` +
      `allowed are ${tolerance.position} m and ${tolerance.rotation} rad`,
    {
      suggestions: [
        'compare the names, order and signs of the joints in the two models: `farsim model diff`, `farsim map check`',
      ],
      details: { where, bodies: apart },
    },
  );
}
