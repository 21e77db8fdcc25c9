import {
  bindMap,
  mapped,
  notInModel,
  type ModelFiles,
  type NamedMap,
  type Simulator,
  type WorldSpec,
} from '@farsim/core';
import { addProps, type ProppedModel } from './props/add-props.ts';

/** Whose states a model is to show. */
export interface OtherSide {
  readonly spec: WorldSpec;
  readonly map: NamedMap;
  /** Its actions are turned into the model's. */
  readonly actions: boolean;
  /** The simulator itself, when its scene may be looked at for what the model lacks. */
  readonly scene?: Simulator | undefined;
}

/** A model opened, and whether its world holds anything but planes. */
export interface OpenedModel {
  readonly simulator: Simulator;
  readonly worldIsEmpty: boolean;
}

/**
 * Opens a model under another simulator's names; with its scene, what the model lacks is put into it first. Throws what
 * `bindMap` throws, with nothing left open.
 */
export async function openMapped(
  files: ModelFiles,
  open: (files: ModelFiles) => Promise<OpenedModel>,
  other: OtherSide,
  log: (line: string) => void,
): Promise<Simulator> {
  const { spec, actions } = other;
  let { map } = other;
  let opened = await open(files);
  try {
    const propped = await propsFor(files, opened, other);
    if (propped) {
      await opened.simulator[Symbol.asyncDispose]();
      for (const name of Object.keys(propped.bodies)) log(`${notInModel(name)}: it is shown as a prop`);
      for (const remark of propped.remarks) log(remark);
      map = withEntities(map, propped.bodies);
      opened = await open(propped.files);
    }
    return mapped(opened.simulator, { as: spec, map, actions, log });
  } catch (error) {
    await opened.simulator[Symbol.asyncDispose]();
    throw error;
  }
}

async function propsFor(
  files: ModelFiles,
  { simulator, worldIsEmpty }: OpenedModel,
  { spec, map, scene }: OtherSide,
): Promise<ProppedModel | undefined> {
  if (!scene?.visuals) return undefined;
  const { lost } = bindMap(spec.entities, simulator.spec.entities, map);
  if (lost.length === 0 && !worldIsEmpty) return undefined;
  const own = Object.values(simulator.spec.entities).flatMap(({ body_names: names }) => names);
  return addProps(files, {
    visuals: await scene.visuals(),
    entities: Object.fromEntries(lost.map((name) => [name, spec.entities[name]!])),
    world: worldIsEmpty,
    taken: new Set(own),
  });
}

function withEntities(named: NamedMap, bodies: Readonly<Record<string, string>>): NamedMap {
  const { map } = named;
  const { rename } = map;
  return {
    ...named,
    map: { ...map, rename: { ...rename, entities: { ...rename.entities, ...bodies } } },
  };
}
