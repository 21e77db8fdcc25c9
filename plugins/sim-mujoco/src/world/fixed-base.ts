import { FarsimError, type WorldState } from '@farsim/core';
import type { BoundEntity } from './bound-entity.ts';
import type { StateNumbers } from './check-state.ts';
import type { LoadedModel } from './loaded-model.ts';

/** Metres and quaternion components that a source with 32-bit numbers may be off. */
const tolerance = 1e-5;

/**
 * Moves bases that are fixed in the world to where a state has them: the model itself changes, for all its worlds.
 * Returns the names of those that moved. Throws BAD_STATE when the state's rows disagree, or when the base hangs on
 * another body that would have to move with it.
 */
export function placeFixedBases(
  loaded: LoadedModel,
  state: WorldState,
  entities: ReadonlyMap<string, BoundEntity>,
): string[] {
  return Object.entries(state.entities).flatMap(([name, { root_pos: position, root_quat: rotation }]) => {
    const entity = entities.get(name);
    if (entity?.base.kind !== 'fixed' || (!position && !rotation)) return [];
    const {
      body_pos: positions,
      body_quat: rotations,
      body_parentid: parents,
      body_jntnum: jointCounts,
    } = loaded.model;
    const target = position && onlyRow(`${name}.root_pos`, position.data as StateNumbers, 3);
    const turn = rotation && normalised(onlyRow(`${name}.root_quat`, rotation.data as StateNumbers, 4));
    const { root } = entity;
    // a root that turns on joints of its own is where these put it, and its frame stays where the model has it
    if (parents[root] !== 0 || jointCounts[root]! > 0) return [];
    const moved =
      (target && apart(target, positions, root * 3)) || (turn && apart(turn, rotations, root * 4, true));
    if (!moved) return [];
    if (target) positions.set(target, root * 3);
    if (turn) rotations.set(turn, root * 4);
    return [name];
  });
}

function onlyRow(name: string, data: StateNumbers, width: number): StateNumbers {
  for (let i = width; i < data.length; i++) {
    if (Math.abs(data[i]! - data[i % width]!) > tolerance) {
      throw new FarsimError(
        'BAD_STATE',
        `${name} differs between rows, and the model's base is fixed for all of them`,
        {
          suggestions: ['use a model with a free base, or one simulator for each env'],
        },
      );
    }
  }
  return data.subarray(0, width);
}

function normalised(quat: StateNumbers): Float64Array {
  const norm = Math.hypot(...quat);
  return Float64Array.from(quat, (value) => value / norm);
}

/** A rotation and its negative are the same. */
function apart(wanted: StateNumbers, is: Float64Array, at: number, rotation = false): boolean {
  const differs = (sign: number): boolean =>
    wanted.some((value: number, k: number) => Math.abs(sign * value - is[at + k]!) > tolerance);
  return differs(1) && (!rotation || differs(-1));
}
