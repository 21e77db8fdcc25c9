import { FarsimError, type Snapshot } from '@farsim/core';
import { stateParts } from '../engine/mujoco-module.ts';
import type { LoadedModel } from './loaded-model.ts';
import type { MujocoWorld } from './mujoco-world.ts';

/** Copies everything that the coming steps depend on, of every world: `mj_getState` with all parts, warm start included, tick and episode. */
export function takeSnapshot(loaded: LoadedModel, worlds: readonly MujocoWorld[]): Snapshot {
  const { module } = loaded.engine;
  const size = module.mj_stateSize(loaded.model, stateParts.integration);
  const buffer = new module.DoubleBuffer(size);
  const numbers = new Float64Array(worlds.length * (size + 2));
  worlds.forEach(({ data, tick, episode }, i) => {
    module.mj_getState(loaded.model, data, buffer, stateParts.integration);
    numbers.set([tick, episode], i * (size + 2));
    numbers.set(buffer.GetView(), i * (size + 2) + 2);
  });
  buffer.delete();
  return new Uint8Array(numbers.buffer);
}

/** Puts a snapshot back. Throws BAD_ARGUMENT when it is not one of this model and as many worlds. */
export function restoreSnapshot(
  loaded: LoadedModel,
  worlds: readonly MujocoWorld[],
  snapshot: Snapshot,
): void {
  const { module } = loaded.engine;
  const size = module.mj_stateSize(loaded.model, stateParts.integration);
  const bytes = worlds.length * (size + 2) * 8;
  if (snapshot.length !== bytes) {
    throw new FarsimError(
      'BAD_ARGUMENT',
      `a snapshot of these worlds has ${bytes} bytes, not ${snapshot.length}`,
    );
  }
  const numbers = new Float64Array(snapshot.slice().buffer);
  worlds.forEach((world, i) => {
    const at = i * (size + 2);
    module.mj_setState(
      loaded.model,
      world.data,
      numbers.subarray(at + 2, at + 2 + size),
      stateParts.integration,
    );
    world.continueAt(numbers[at]!, numbers[at + 1]!);
  });
}
