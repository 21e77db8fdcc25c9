import {
  bindMap,
  transferState,
  type BoundMap,
  type EntitySpec,
  type ModelFiles,
  type NamedMap,
  type WorldState,
} from '@farsim/core';
import { compileModel } from '../engine/compile-model.ts';
import { loadEngine } from '../engine/engine.ts';
import { defaultModelCache } from '../engine/model-cache.ts';
import type { MujocoData } from '../engine/mujoco-module.ts';
import type { BoundEntity } from './bound-entity.ts';
import { requireState } from './check-state.ts';
import { placeFixedBases } from './fixed-base.ts';
import { LoadedModel } from './loaded-model.ts';
import { readEntities } from './read-entities.ts';
import { writeState } from './write-state.ts';

export interface PlaybackOptions {
  /** The recorded simulator's entities, whose names and orders the states have; left out: the model's own. */
  readonly follow?: Readonly<Record<string, EntitySpec>>;
  readonly map?: NamedMap;
  readonly cache?: string;
  readonly signal?: AbortSignal;
}

/** Opens a model for putting recorded states into it without physics. Throws as `openMujoco` does. */
export async function openPlayback(files: ModelFiles, options: PlaybackOptions = {}): Promise<Playback> {
  const engine = await loadEngine();
  const { signal, cache = defaultModelCache() } = options;
  const binary = await compileModel(files, { version: engine.version, cache, ...(signal && { signal }) });
  const loaded = new LoadedModel(engine, binary);
  try {
    const own = readEntities(loaded);
    const bound =
      options.follow &&
      bindMap(options.follow, Object.fromEntries(own.map(({ name, spec }) => [name, spec])), options.map);
    return new Playback(loaded, own, bound);
  } catch (error) {
    loaded.model.delete();
    throw error;
  }
}

/** Poses of all bodies of a model, views of the engine's memory: valid until the next state is put in. */
export interface BodyPoses {
  /** `[bodies, 3]` metres, env-local. */
  readonly positions: Float64Array;
  /** `[bodies, 4]` wxyz. */
  readonly rotations: Float64Array;
}

/** A model that goes where recorded states were. One state costs a few microseconds. */
export class Playback implements Disposable {
  /** Names of the rows of {@link BodyPoses}; the first is the world. */
  readonly bodyNames: readonly string[];
  /** What states and model do not share, one sentence each. */
  readonly remarks: readonly string[];
  readonly #loaded: LoadedModel;
  readonly #data: MujocoData;
  readonly #entities: ReadonlyMap<string, BoundEntity>;
  readonly #map: BoundMap | undefined;
  #moved: { readonly given: WorldState; readonly own: WorldState } | undefined;

  constructor(loaded: LoadedModel, entities: readonly BoundEntity[], map: BoundMap | undefined) {
    this.#loaded = loaded;
    this.#data = new loaded.engine.module.MjData(loaded.model);
    this.#entities = new Map(entities.map((entity) => [entity.name, entity]));
    this.#map = map;
    this.remarks = map?.remarks ?? [];
    this.bodyNames = Array.from({ length: loaded.model.nbody }, (_, id) => loaded.bodyName(id));
  }

  /** Throws BAD_STATE once for a whole recording's chunk: checks all rows of `state`, and places fixed bases. */
  check(state: WorldState, rows: number): void {
    const own = this.#own(state);
    requireState(own, rows, this.#entities);
    placeFixedBases(this.#loaded, own, this.#entities);
  }

  /** Puts one row of a checked state in and gives where the bodies then are. */
  pose(state: WorldState, row = 0): BodyPoses {
    const data = this.#data;
    writeState(this.#own(state), row, data, this.#entities);
    this.#loaded.engine.module.mj_kinematics(this.#loaded.model, data);
    return { positions: data.xpos, rotations: data.xquat };
  }

  /** The state under the model's own names; of one state it is worked out once, for all its rows. */
  #own(state: WorldState): WorldState {
    if (!this.#map) return state;
    if (this.#moved?.given !== state) this.#moved = { given: state, own: transferState(this.#map, state) };
    return this.#moved.own;
  }

  [Symbol.dispose](): void {
    this.#data.delete();
    this.#loaded.model.delete();
  }
}
