import type { Frame, WorldSpec } from '@farsim/core';

/**
 * The round's simulated time: step_dt for each control step applied since the round began, whatever single envs were reset
 * meanwhile. It never runs backwards, so it orders rows; each env's own time is in the row.
 */
export class SimulatedClock {
  readonly #stepDt: number;
  readonly #tick: Uint32Array;
  readonly #episode: Uint32Array;
  #steps = 0;

  constructor(spec: WorldSpec) {
    this.#stepDt = spec.step_dt;
    this.#tick = new Uint32Array(spec.num_envs);
    this.#episode = new Uint32Array(spec.num_envs);
  }

  /** Nanoseconds at `frame`; `stepped` says that an action led to it. */
  advance(frame: Frame, stepped: boolean): bigint {
    let steps = stepped ? 1 : 0;
    for (let k = 0; k < frame.envs.length; k++) {
      const env = frame.envs[k]!;
      const tick = frame.tick[k]!;
      const same = frame.episode[k] === this.#episode[env];
      if (stepped && same && tick - this.#tick[env]! > steps) steps = tick - this.#tick[env]!;
      this.#tick[env] = tick;
      this.#episode[env] = frame.episode[k]!;
    }
    this.#steps += steps;
    return BigInt(Math.round(this.#steps * this.#stepDt * 1e9));
  }
}
