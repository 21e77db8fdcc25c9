import { createHash } from 'node:crypto';
import { FarsimError, toFarsimError } from '../model/errors.ts';
import type { Want } from '../model/want.ts';
import { unionOfWants } from '../model/want.ts';
import type { WorldSpec } from '../model/world-spec.ts';
import type { EpisodeSummary, RoundHeader } from '../ports/recorder.ts';
import type { Simulator } from '../ports/simulator.ts';
import { CallTimes } from './call-times.ts';
import { EpisodeBook } from './episode-book.ts';
import { RecorderFeed } from './recorder-feed.ts';
import { driveRound, type RoundClock } from './drive-round.ts';
import type { RolloutOptions } from './rollout-options.ts';

export interface RolloutResult {
  readonly reason: 'finished' | 'interrupted' | 'failed';
  /** What failed; recordings are sealed all the same. */
  readonly error?: FarsimError;
  readonly rounds: number;
  /** Frames that came, resets included. */
  readonly frames: number;
  /** Calls' worth of steps, not multiplied by the envs. */
  readonly steps: number;
  readonly episodes: readonly EpisodeSummary[];
  /** Summed over episodes. */
  readonly simulatedSeconds: number;
  readonly times: { readonly reset: CallTimes; readonly step: CallTimes };
  /** Part of the steps' time in which the far side's engine worked; absent for simulators without a far side. */
  readonly farShare?: number;
}

/** A simulator that came over a session has its spec's hash and its ledger there. */
interface WithSession {
  readonly session?: {
    readonly specHash: Uint8Array;
    readonly ledger: { head(): { readonly index: number; readonly head: Uint8Array } };
  };
}

/** What all parts need together. Recorders keep what there is: a state or bodies that the simulator has not are not asked for in their name. */
function wantOf({ capabilities }: WorldSpec, { want, controller, recorders = [] }: RolloutOptions): Want {
  const kept = recorders.map(({ needs = {} }): Want => ({
    ...needs,
    state: Boolean(needs.state) && capabilities.includes('getState'),
  }));
  const all = [controller.needs, ...kept].reduce<Want>((sum, needs) => unionOfWants(sum, needs), want ?? {});
  return capabilities.includes('bodies') && all.state ? all : { ...all, bodies: 'never' };
}

const largestSeed = 0x1_0000_0000;

/**
 * Drives a simulator in rounds: resets all envs, steps until every wanted episode ended or the round is full, records each
 * frame, and goes on until `episodes` are counted. A failure of any part ends it, seals the recordings and is given in
 * `error`, with everything that came before it.
 */
export async function rollout(options: RolloutOptions): Promise<RolloutResult> {
  const { simulator, controller, recorders = [] } = options;
  const { spec, session } = simulator as Simulator & WithSession;
  const want = wantOf(spec, options);
  const first = options.first ?? { round: 0, episode: 0 };
  const book = new EpisodeBook(spec, options.episodes, first.episode);
  const feed = new RecorderFeed(recorders);
  const clock: RoundClock = {
    reset: new CallTimes(),
    step: new CallTimes(),
    farSeconds: 0,
    frames: 0,
    steps: 0,
  };
  const specHash = Buffer.from(
    session?.specHash ?? createHash('sha256').update(JSON.stringify(spec)).digest(),
  ).toString('hex');
  const ledger = (): Pick<RoundHeader, 'ledger'> => {
    const head = session?.ledger.head();
    return head ? { ledger: { index: head.index, head: Buffer.from(head.head).toString('hex') } } : {};
  };
  let { round } = first;
  let error: FarsimError | undefined;
  while (book.wantsMore && !error && !options.signal?.aborted) {
    const { controllerName, probes } = options;
    const seed =
      options.seed === undefined ? undefined : (options.seed + round * spec.num_envs) % largestSeed;
    try {
      await feed.begin({
        round,
        spec,
        specHash,
        ...(seed !== undefined && { seed }),
        ...(controllerName && { controller: controllerName }),
        ...(probes && { probes }),
        ...ledger(),
      });
      await driveRound({ simulator, controller, feed, book, clock, round, seed, want, options });
      await feed.accepted();
    } catch (thrown) {
      const failed = toFarsimError(thrown);
      // a simulator that its user ended by force, in the middle of a step that would not end
      if (!(options.signal?.aborted && failed.code === 'CLOSED')) error = failed;
    }
    const reason = error ? 'failed' : options.signal?.aborted ? 'interrupted' : 'finished';
    const episodes = book.endRound(reason === 'finished' ? 'round_end' : reason);
    try {
      await feed.end({
        episodes,
        reason,
        ...(error && { error: `${error.code}: ${error.message}` }),
        ...ledger(),
      });
    } catch (thrown) {
      error ??= toFarsimError(thrown);
    }
    round++;
  }
  return {
    reason: error ? 'failed' : options.signal?.aborted ? 'interrupted' : 'finished',
    ...(error && { error }),
    rounds: round - first.round,
    frames: clock.frames,
    steps: clock.steps,
    episodes: book.episodes,
    simulatedSeconds: book.episodes.reduce((sum, episode) => sum + episode.simulatedSeconds, 0),
    times: { reset: clock.reset, step: clock.step },
    ...(clock.farSeconds > 0 && { farShare: clock.farSeconds / clock.step.total }),
  };
}
