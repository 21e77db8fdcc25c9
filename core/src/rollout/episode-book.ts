import type { Frame } from '../model/frame.ts';
import { toNumbers } from '../model/tensor.ts';
import type { WorldSpec } from '../model/world-spec.ts';
import type { EpisodeSummary } from '../ports/recorder.ts';

interface OpenEpisode {
  readonly env: number;
  readonly episode: number;
  readonly firstRow: number;
  readonly firstTick: number;
  lastRow: number;
  tick: number;
  return: number;
}

/**
 * Counts a run's episodes: which rows of which round are whose, how they ended and what they earned. At most `wanted`
 * episodes are begun; what an env does beyond that is nobody's.
 *
 * When the spec's autoreset is `next_step`, the row after an end is the next episode's first; when it is `same_step`, the
 * row of the end is also the next episode's first, and `final` has the ended one's tick; when it is `disabled`, an env
 * that ended is not stepped again in its round.
 */
export class EpisodeBook {
  readonly #spec: WorldSpec;
  readonly #open = new Map<number, OpenEpisode>();
  readonly #ended = new Set<number>();
  readonly #unseen = new Set<number>();
  readonly #ofRound: EpisodeSummary[] = [];
  readonly #all: EpisodeSummary[] = [];
  readonly #first: number;
  #wanted: number;
  #begun = 0;
  #round = 0;

  /** `first` is the number of the first one. */
  constructor(spec: WorldSpec, wanted: number, first = 0) {
    this.#spec = spec;
    this.#first = first;
    this.#wanted = wanted;
  }

  /** Finished episodes in the order of their ends. */
  get episodes(): readonly EpisodeSummary[] {
    return this.#all;
  }

  /** True while more episodes are wanted than were begun. */
  get wantsMore(): boolean {
    return this.#begun < this.#wanted;
  }

  /** True while an episode of this round runs or is about to begin. */
  get running(): boolean {
    const restarts = this.#spec.autoreset === 'next_step' && this.wantsMore && this.#ended.size > 0;
    return this.#open.size > 0 || restarts;
  }

  /** Envs that must be stepped, when some must not. */
  get activeEnvs(): Int32Array | undefined {
    if (this.#spec.autoreset !== 'disabled' || this.#ended.size === 0) return undefined;
    return Int32Array.from({ length: this.#spec.num_envs }, (_, env) => env).filter(
      (env) => !this.#ended.has(env),
    );
  }

  beginRound(round: number, frame: Frame): void {
    this.#round = round;
    this.#ended.clear();
    this.#unseen.clear();
    for (const env of frame.envs) this.#begin(env, 0);
  }

  /**
   * Goes on in a round behind rows that are lost: what ran is interrupted, and each env's next row is an episode's first,
   * whose steps, time and return count from there.
   */
  skipLostRows(round: number): void {
    this.#round = round;
    for (const env of this.#open.keys()) this.#close(env, 'interrupted');
    this.#ended.clear();
    for (let env = 0; env < this.#spec.num_envs; env++) this.#unseen.add(env);
  }

  /** Enters a step's frame as row `row` of the round. */
  take(frame: Frame, row: number): void {
    const rewards = frame.reward.dtype === 'f16' ? toNumbers(frame.reward) : frame.reward.data;
    for (let i = 0; i < frame.envs.length; i++) {
      const env = frame.envs[i]!;
      if (this.#spec.autoreset === 'next_step' && this.#ended.delete(env)) {
        this.#begin(env, row);
        continue;
      }
      const ends =
        frame.terminated[i] === 1 ? 'terminated' : frame.truncated[i] === 1 ? 'truncated' : undefined;
      if (this.#unseen.delete(env) && !ends) {
        this.#begin(env, row, frame.tick[i]!);
        continue;
      }
      const open = this.#open.get(env);
      if (open) {
        open.lastRow = row;
        open.return += Number(rewards[i]);
        open.tick = ends ? endTick(frame, env, i) : frame.tick[i]!;
      }
      if (!ends) continue;
      this.#close(env, ends);
      if (this.#spec.autoreset === 'same_step') this.#begin(env, row);
      else this.#ended.add(env);
    }
  }

  /** Ends what still runs and gives the round's episodes. One that an autoreset began in the last row was never stepped: it does not count. */
  endRound(outcome: 'round_end' | 'interrupted' | 'failed'): readonly EpisodeSummary[] {
    for (const { env, firstRow, lastRow } of this.#open.values()) {
      if (firstRow === 0 || lastRow > firstRow) continue;
      this.#open.delete(env);
      this.#begun--;
    }
    for (const env of this.#open.keys()) this.#close(env, outcome);
    return this.#ofRound.splice(0);
  }

  #begin(env: number, row: number, tick = 0): void {
    if (!this.wantsMore) return;
    const episode = this.#first + this.#begun++;
    this.#open.set(env, { env, episode, firstRow: row, lastRow: row, firstTick: tick, tick, return: 0 });
  }

  #close(env: number, outcome: EpisodeSummary['outcome']): void {
    const open = this.#open.get(env);
    if (!open) return;
    this.#open.delete(env);
    const { tick, firstTick, ...kept } = open;
    const steps = tick - firstTick;
    const summary = {
      ...kept,
      round: this.#round,
      outcome,
      steps,
      simulatedSeconds: steps * this.#spec.step_dt,
    };
    this.#ofRound.push(summary);
    this.#all.push(summary);
  }
}

function endTick(frame: Frame, env: number, i: number): number {
  const at = frame.final?.envs.indexOf(env) ?? -1;
  return at < 0 ? frame.tick[i]! : frame.final!.tick[at]!;
}
