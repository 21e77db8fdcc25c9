import {
  FarsimError,
  finalMomentOf,
  momentOf,
  type EnvMoment,
  type EpisodeSummary,
  type Frame,
} from '@farsim/core';

const mostBytes = 1 << 30;

/** The states of a round, env by env, as they come; at the round's end they are cut into episodes. */
export class RoundTracks {
  readonly #stepDt: number;
  readonly #rows = new Map<number, Map<number, EnvMoment>>();
  readonly #ends = new Map<number, Map<number, EnvMoment>>();
  #bytes = 0;

  constructor(stepDt: number) {
    this.#stepDt = stepDt;
  }

  /** Keeps the frame's states. Throws RECORDING_FAILED when the round is too large to be kept in memory. */
  take(frame: Frame, row: number): void {
    for (const env of frame.state?.envs ?? frame.envs) this.#keep(this.#rows, env, row, momentOf(frame, env));
    for (const env of frame.final?.envs ?? [])
      this.#keep(this.#ends, env, row, finalMomentOf(frame, env, this.#stepDt));
  }

  /** An episode's moments from second 0, in order of time. Where an autoreset ended it, the last is its end if that was recorded. */
  momentsOf({ env, firstRow, lastRow }: EpisodeSummary): EnvMoment[] {
    const moments: EnvMoment[] = [];
    for (let row = firstRow; row <= lastRow; row++) {
      const end = row > firstRow ? this.#ends.get(env)?.get(row) : undefined;
      const moment = end ?? this.#rows.get(env)?.get(row);
      const last = moments.at(-1);
      // an autoreset whose end was not recorded leaves the next episode's first state in the last row
      if (moment && (!last || moment.time > last.time)) moments.push(moment);
    }
    return moments;
  }

  #keep(
    tracks: Map<number, Map<number, EnvMoment>>,
    env: number,
    row: number,
    moment: EnvMoment | undefined,
  ): void {
    if (!moment) return;
    for (const arrays of Object.values(moment.state.entities)) {
      for (const tensor of Object.values(arrays)) this.#bytes += tensor?.data.byteLength ?? 0;
    }
    if (this.#bytes > mostBytes) {
      throw new FarsimError(
        'RECORDING_FAILED',
        `the states of this round take more than ${mostBytes >> 20} MiB, too much to draw it`,
        {
          suggestions: ['record the run and draw single episodes of it: `farsim render RUN --episodes 0`'],
        },
      );
    }
    const track = tracks.get(env) ?? new Map<number, EnvMoment>();
    tracks.set(env, track);
    track.set(row, moment);
  }
}
