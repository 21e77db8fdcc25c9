import {
  FarsimError,
  didYouMean,
  mapped,
  type EntitySpec,
  type ModelFiles,
  type NamedMap,
  type Simulator,
} from '@farsim/core';
import { compileModel } from '../engine/compile-model.ts';
import { loadEngine } from '../engine/engine.ts';
import { defaultModelCache } from '../engine/model-cache.ts';
import { geoms } from '../engine/mujoco-module.ts';
import type { OpenedModel } from '../open-mapped.ts';
import type { BoundEntity } from './bound-entity.ts';
import { LoadedModel } from './loaded-model.ts';
import { MujocoSimulator } from './mujoco-simulator.ts';
import { readEntities } from './read-entities.ts';
import { WorldPainter } from './world-painter.ts';
import { mujocoSpec } from './world-spec.ts';

export interface MujocoOptions {
  readonly model: ModelFiles;
  /** Names the world in its spec; the model file when left out. */
  readonly task?: string;
  readonly envs?: number;
  /** Keyframe that a reset begins from; left out: the first, if there is one. */
  readonly keyframe?: string;
  /** Seconds of one control step, a whole number of physics steps; left out: ten of them. */
  readonly stepDt?: number;
  /** Another simulator's entities: states are then given and taken under its names and in its orders. */
  readonly follow?: Readonly<Record<string, EntitySpec>>;
  /** How those names are found; left out: by themselves. */
  readonly map?: NamedMap;
  /** Pixels of pictures in frames. */
  readonly camera?: { readonly width: number; readonly height: number };
  /** Folder of compiled models. */
  readonly cache?: string;
  readonly signal?: AbortSignal;
  readonly progress?: (line: string) => void;
  readonly log?: (line: string) => void;
}

/**
 * Opens MuJoCo in this process on a model. A model seen before is loaded in about 0.1 s; another is compiled in a
 * worker first. Throws MODEL_INVALID, CONFIG_INVALID for a keyframe or a step that the model has not, and what `bindMap`
 * throws.
 */
export async function openMujoco(options: MujocoOptions): Promise<Simulator> {
  const { follow, map, log } = options;
  const { simulator } = await openModel(options);
  if (!follow) return simulator;
  try {
    return mapped(simulator, {
      as: { entities: follow, actions: {} },
      ...(map && { map }),
      ...(log && { log }),
    });
  } catch (error) {
    await simulator[Symbol.asyncDispose]();
    throw error;
  }
}

/** The same, with what must be known of the model before it is given props. */
export async function openModel(options: MujocoOptions): Promise<OpenedModel> {
  const { model: files, envs = 1, log = () => undefined, camera = { width: 640, height: 480 } } = options;
  const engine = await loadEngine();
  const binary = await compileModel(files, {
    version: engine.version,
    cache: options.cache ?? defaultModelCache(),
    ...(options.signal && { signal: options.signal }),
    ...(options.progress && { progress: options.progress }),
  });
  const loaded = new LoadedModel(engine, binary);
  const entities = readEntities(loaded);
  const decimation = stepsOfTick(loaded.timestep, options.stepDt);
  const spec = mujocoSpec(loaded, {
    task: options.task ?? files.entry,
    envs,
    stepDt: options.stepDt ?? decimation * loaded.timestep,
    entities,
    camera,
  });
  const simulator = new MujocoSimulator({
    spec,
    loaded,
    files,
    painter: new WorldPainter(loaded, binary),
    entities,
    decimation,
    keyframe: findKeyframe(loaded, options.keyframe),
    log,
  });
  return { simulator, worldIsEmpty: holdsOnlyPlanes(loaded.model, entities) };
}

/** True when nothing but planes is fixed in the world, robots aside. */
function holdsOnlyPlanes(
  { geom_bodyid: owners, geom_type: types }: LoadedModel['model'],
  entities: readonly BoundEntity[],
): boolean {
  return types.every(
    (type, geom) => type === geoms.plane || entities.some(({ bodies }) => bodies.includes(owners[geom]!)),
  );
}

const usualDecimation = 10;

function stepsOfTick(timestep: number, stepDt: number | undefined): number {
  if (stepDt === undefined) return usualDecimation;
  const steps = Math.round(stepDt / timestep);
  if (steps < 1 || Math.abs(steps * timestep - stepDt) > 1e-9) {
    throw new FarsimError(
      'CONFIG_INVALID',
      `stepDt ${stepDt} s is no whole number of the model's physics steps of ${timestep} s`,
      { suggestions: [`stepDt: ${Number((Math.max(1, steps) * timestep).toPrecision(12))}`] },
    );
  }
  return steps;
}

function findKeyframe(loaded: LoadedModel, name: string | undefined): number | undefined {
  const names = loaded.keyframeNames();
  if (name === undefined) return names.length > 0 ? 0 : undefined;
  const key = names.indexOf(name);
  if (key >= 0) return key;
  throw new FarsimError(
    'CONFIG_INVALID',
    `'${name}' is no keyframe of the model (${names.join(', ') || 'it has none'})`,
    {
      suggestions: didYouMean(name, names),
    },
  );
}
