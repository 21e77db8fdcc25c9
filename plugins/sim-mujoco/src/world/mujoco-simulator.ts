import {
  FarsimError,
  toFarsimError,
  type Action,
  type EnvSelection,
  type Frame,
  type Image,
  type ModelFiles,
  type ResetOptions,
  type Simulator,
  type Snapshot,
  type StepOptions,
  type Tensor,
  type View,
  type Visuals,
  type Want,
  type WorldSpec,
  type WorldState,
} from '@farsim/core';
import { placeFixedBases } from './fixed-base.ts';
import { MujocoWorld } from './mujoco-world.ts';
import type { BoundEntity } from './bound-entity.ts';
import { requireState } from './check-state.ts';
import type { LoadedModel } from './loaded-model.ts';
import { readAction } from './read-action.ts';
import { readVisuals } from '../scene/read-visuals.ts';
import { readState } from './read-state.ts';
import { restoreSnapshot, takeSnapshot } from './snapshot.ts';
import type { WorldPainter } from './world-painter.ts';
import { writeState } from './write-state.ts';

export interface SimulatorParts {
  readonly spec: WorldSpec;
  readonly loaded: LoadedModel;
  readonly files: ModelFiles;
  readonly painter: WorldPainter;
  readonly entities: readonly BoundEntity[];
  /** Physics steps in one tick. */
  readonly decimation: number;
  /** Keyframe that a reset begins with; none is the model's own state. */
  readonly keyframe: number | undefined;
  readonly log: (line: string) => void;
}

/**
 * MuJoCo in this process: N worlds of one model. Every call has its whole effect before it returns its promise, so calls
 * take effect in the order made; only pictures are drawn elsewhere meanwhile. A step costs what the engine's own
 * does and about 5 µs a row. Rewards are 0 and nothing ends by itself. A seed changes nothing: there is no chance in it.
 */
export class MujocoSimulator implements Simulator {
  readonly spec: WorldSpec;
  readonly #parts: SimulatorParts;
  readonly #entities: ReadonlyMap<string, BoundEntity>;
  readonly #worlds: readonly MujocoWorld[];
  readonly #actuators: readonly string[];
  readonly #all: Int32Array;
  #want: Want = {};
  #closing: Promise<void> | undefined;

  constructor(parts: SimulatorParts) {
    const { spec, loaded } = parts;
    this.spec = spec;
    this.#parts = parts;
    this.#entities = new Map(parts.entities.map((entity) => [entity.name, entity]));
    this.#worlds = Array.from({ length: spec.num_envs }, (_, env) => new MujocoWorld(loaded, env));
    this.#actuators = spec.actions['']!.terms!.map(({ name }) => name);
    this.#all = Int32Array.from(this.#worlds, (_, env) => env);
  }

  async reset({ envs, state, want, seed }: ResetOptions = {}): Promise<Frame> {
    const rows = this.#rows(envs);
    requireSeeds(seed, rows.length);
    if (state) this.#requireState(state, rows.length);
    if (want) this.#want = this.#checkedWant(want);
    for (const env of rows) this.#worlds[env]!.reset(this.#parts.keyframe);
    if (state) this.#put(state, rows);
    return this.#frame(rows, this.#want);
  }

  async step(action: Action, options: StepOptions = {}): Promise<Frame> {
    return this.#step(action, options);
  }

  async stepMany(actions: readonly Action[], options: StepOptions = {}): Promise<readonly Frame[]> {
    const frames: Promise<Frame>[] = [];
    let failure: FarsimError | undefined;
    for (const action of actions) {
      try {
        frames.push(Promise.resolve(this.#step(action, options)));
      } catch (error) {
        failure = toFarsimError(error);
        break;
      }
    }
    const made = await Promise.all(frames);
    if (!failure) return made;
    const { code, message, suggestions, details } = failure;
    throw new FarsimError(code, message, {
      suggestions,
      details: { ...details, frames: made },
      cause: failure,
    });
  }

  async getState({ envs }: EnvSelection = {}): Promise<WorldState> {
    return this.#state(this.#rows(envs), true);
  }

  async setState(state: WorldState, { envs }: EnvSelection = {}): Promise<Frame> {
    const rows = this.#rows(envs ?? state.envs);
    this.#requireState(state, rows.length);
    this.#put(state, rows);
    return this.#frame(rows, this.#want);
  }

  async render(view: View, { envs }: EnvSelection = {}): Promise<readonly Image[]> {
    const rows = this.#rows(envs);
    return this.#parts.painter.draw(
      Array.from(rows, (env) => [env, this.#worlds[env]!] as const),
      view,
    );
  }

  async snapshot(): Promise<Snapshot> {
    this.#requireOpen();
    return takeSnapshot(this.#parts.loaded, this.#worlds);
  }

  async restore(snapshot: Snapshot): Promise<void> {
    this.#requireOpen();
    restoreSnapshot(this.#parts.loaded, this.#worlds, snapshot);
  }

  async model(): Promise<ModelFiles> {
    this.#requireOpen();
    return this.#parts.files;
  }

  async visuals(): Promise<Visuals> {
    this.#requireOpen();
    return readVisuals(this.#parts.loaded, this.#parts.entities);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return (this.#closing ??= this.#close());
  }

  async #close(): Promise<void> {
    for (const { data } of this.#worlds) data.delete();
    this.#parts.loaded.model.delete();
    await this.#parts.painter[Symbol.asyncDispose]();
  }

  #step(action: Action, options: StepOptions): Frame | Promise<Frame> {
    const rows = this.#rows(options.envs);
    const want = options.want ? this.#checkedWant(options.want) : this.#want;
    const controls = readAction(action, rows.length, this.#actuators);
    this.#advance(rows, controls, options.repeat);
    return this.#frame(rows, want);
  }

  #advance(rows: Int32Array, controls: Float32Array | Float64Array, repeat = 1): void {
    for (const env of rows) {
      if (this.#worlds[env]!.episode < 0)
        throw new FarsimError('BAD_ARGUMENT', `env ${env} has no episode: reset comes before the first step`);
    }
    const nu = this.#actuators.length;
    rows.forEach((env, row) => {
      const world = this.#worlds[env]!;
      world.data.ctrl.set(controls.subarray(row * nu, (row + 1) * nu));
      for (let k = 0; k < repeat; k++) world.step(this.#parts.decimation);
    });
  }

  #requireState(state: WorldState, rows: number): void {
    requireState(state, rows, this.#entities);
  }

  #put(state: WorldState, rows: Int32Array): void {
    const { loaded, log } = this.#parts;
    for (const name of placeFixedBases(loaded, state, this.#entities)) {
      log(`the fixed base of '${name}' was moved to where the state has it`);
      for (const world of this.#worlds) world.moved();
    }
    rows.forEach((env, row) => {
      const world = this.#worlds[env]!;
      writeState(state, row, world.data, this.#entities);
      world.moved();
      if (loaded.model.nsensordata > 0) world.updateAll();
    });
  }

  #state(rows: Int32Array, bodies: boolean): WorldState {
    const worlds = Array.from(rows, (env) => this.#worlds[env]!);
    const some = rows.length !== this.#all.length || rows.some((env, row) => env !== row);
    return readState(worlds, { entities: this.#parts.entities, bodies, ...(some && { envs: rows }) });
  }

  #frame(rows: Int32Array, want: Want): Frame | Promise<Frame> {
    const n = rows.length;
    const worlds = Array.from(rows, (env) => this.#worlds[env]!);
    const tick = Uint32Array.from(worlds, (world) => world.tick);
    const frame: Frame = {
      envs: rows,
      tick,
      time: Float64Array.from(tick, (ticks) => ticks * this.spec.step_dt),
      episode: Uint32Array.from(worlds, ({ episode }) => Math.max(0, episode)),
      observations: this.#observations(worlds),
      reward: { dtype: 'f64', shape: [n], data: new Float64Array(n) },
      terminated: new Uint8Array(n),
      truncated: new Uint8Array(n),
      info: {},
    };
    if (!want.state && !want.images) return frame;
    const chosen = want.envs ? rows.filter((env) => want.envs!.includes(env)) : rows;
    const state = want.state && this.#state(chosen, wantsBodies(want, tick));
    const stated = state ? { ...frame, state: want.envs ? { ...state, envs: chosen } : state } : frame;
    const due = want.images && chosen.filter((env) => this.#worlds[env]!.tick % want.images!.every === 0);
    if (!want.images || !due || due.length === 0) return stated;
    return this.#images(want.images, due).then((images) => ({ ...stated, images }));
  }

  async #images(
    { cameras, encoding }: NonNullable<Want['images']>,
    envs: Int32Array,
  ): Promise<readonly Image[]> {
    const views = cameras.map((camera) =>
      this.render({ ...this.spec.cameras[camera]!, camera, encoding }, { envs }),
    );
    return (await Promise.all(views)).flat();
  }

  #observations(worlds: readonly MujocoWorld[]): Readonly<Record<string, Tensor>> {
    const { nq, nv, nsensordata } = this.#parts.loaded.model;
    return {
      qpos: gather(worlds, nq, ({ data }) => data.qpos),
      qvel: gather(worlds, nv, ({ data }) => data.qvel),
      ...(nsensordata > 0 && { sensordata: gather(worlds, nsensordata, ({ data }) => data.sensordata) }),
    };
  }

  #checkedWant(want: Want): Want {
    for (const camera of want.images?.cameras ?? []) this.#parts.painter.requireCamera(camera);
    return want;
  }

  #rows(envs: Int32Array | undefined): Int32Array {
    this.#requireOpen();
    if (!envs) return this.#all.slice();
    for (const env of envs) {
      if (env < 0 || env >= this.#all.length)
        throw new FarsimError('BAD_ARGUMENT', `env ${env} is not one of ${this.#all.length}`);
    }
    if (new Set(envs).size !== envs.length) throw new FarsimError('BAD_ARGUMENT', 'an env is named twice');
    return envs.slice();
  }

  #requireOpen(): void {
    if (this.#closing) throw new FarsimError('CLOSED', 'the MuJoCo simulator was closed');
  }
}

function wantsBodies({ bodies = 'never' }: Want, tick: Uint32Array): boolean {
  return bodies === 'always' || (bodies === 'episodeStart' && tick.includes(0));
}

function requireSeeds(seed: ResetOptions['seed'], rows: number): void {
  if (typeof seed === 'object' && seed.length !== rows)
    throw new FarsimError('BAD_ARGUMENT', `${seed.length} seeds were given for ${rows} envs`);
}

function gather(
  worlds: readonly MujocoWorld[],
  width: number,
  read: (world: MujocoWorld) => Float64Array,
): Tensor {
  const data = new Float64Array(worlds.length * width);
  worlds.forEach((world, row) => data.set(read(world), row * width));
  return { dtype: 'f64', shape: [worlds.length, width], data };
}
