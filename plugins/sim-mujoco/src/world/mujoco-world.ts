import { FarsimError } from '@farsim/core';
import type { MujocoData } from '../engine/mujoco-module.ts';
import type { LoadedModel } from './loaded-model.ts';

/** One env: an mjData, its tick and its episode. */
export class MujocoWorld {
  readonly data: MujocoData;
  tick = 0;
  /** −1 before the first reset. */
  episode = -1;
  readonly #loaded: LoadedModel;
  readonly #env: number;
  #kinematicsDone = false;
  #broken = false;

  constructor(loaded: LoadedModel, env: number) {
    this.#loaded = loaded;
    this.#env = env;
    const { module } = loaded.engine;
    this.data = new module.MjData(loaded.model);
    this.moved();
    this.updateKinematics();
  }

  /** Begins an episode at the model's own state, or at a keyframe. */
  reset(key: number | undefined): void {
    const { module } = this.#loaded.engine;
    if (key === undefined) module.mj_resetData(this.#loaded.model, this.data);
    else module.mj_resetDataKeyframe(this.#loaded.model, this.data, key);
    this.tick = 0;
    this.episode++;
    this.#broken = false;
    this.moved();
  }

  /**
   * Takes `count` physics steps with the controls in `data.ctrl`, which make one tick. Throws SIMULATOR_FAILED when the
   * numbers diverged: the engine has then begun again from its own state, and the env must be reset.
   */
  step(count: number): void {
    if (this.#broken) throw this.#failure('diverged before');
    const { mj_step: step } = this.#loaded.engine.module;
    const { model } = this.#loaded;
    const { data } = this;
    let time = data.time;
    for (let k = 0; k < count; k++) {
      step(model, data);
      const now = data.time;
      if (!(now > time)) {
        this.#broken = true;
        throw this.#failure(`diverged at tick ${this.tick}, ${time.toFixed(4)} s`);
      }
      time = now;
    }
    this.tick++;
    this.#kinematicsDone = false;
  }

  /** Goes on from a state that was put into `data`. */
  continueAt(tick: number, episode: number): void {
    this.tick = tick;
    this.episode = episode;
    this.#broken = false;
    this.moved();
  }

  /** Says that positions were changed from outside. */
  moved(): void {
    this.#kinematicsDone = false;
  }

  /** Computes poses of bodies and geoms from the positions, if they have moved; never changes what a step will do. */
  updateKinematics(): void {
    if (this.#kinematicsDone) return;
    this.#loaded.engine.module.mj_kinematics(this.#loaded.model, this.data);
    this.#kinematicsDone = true;
  }

  /** Computes poses of cameras and lights too. */
  updateViews(): void {
    this.updateKinematics();
    const { mj_comPos: comPos, mj_camlight: camlight } = this.#loaded.engine.module;
    comPos(this.#loaded.model, this.data);
    camlight(this.#loaded.model, this.data);
  }

  /** Computes everything that a step begins with, sensors included. */
  updateAll(): void {
    this.#loaded.engine.module.mj_forward(this.#loaded.model, this.data);
    this.#kinematicsDone = true;
  }

  #failure(what: string): FarsimError {
    return new FarsimError(
      'SIMULATOR_FAILED',
      `env ${this.#env} ${what}: ${divergence(this.data)}; MuJoCo began it anew`,
      {
        suggestions: ['reset the env', 'use a smaller physics step or softer gains'],
      },
    );
  }
}

const warnings = [
  [3, 'a position'],
  [4, 'a velocity'],
  [5, 'an acceleration'],
  [6, 'a control'],
] as const;

function divergence(data: MujocoData): string {
  const list = data.warning;
  try {
    const seen = warnings.filter(([index]) => list.get(index).number > 0);
    return (
      seen
        .map(([index, what]) => `${what} was not finite or huge (${list.get(index).lastinfo})`)
        .join(', ') || 'its time went back'
    );
  } finally {
    list.delete();
  }
}
