import { FarsimError } from '../model/errors.ts';
import type { Action } from '../model/frame.ts';
import { requireTensors } from '../model/require-tensors.ts';
import { toNumbers, type Tensor } from '../model/tensor.ts';
import type { Space, WorldSpec } from '../model/world-spec.ts';
import { bindActions, mapActions, type ActionMap } from '../mapping/action-map.ts';
import type { BoundMap } from '../mapping/bound-map.ts';

/** Turns the actions of one action space into those of another. */
export interface MappedActions {
  /** The space that actions are given in, with what its numbers are. */
  readonly space: Space;
  /** What is not passed on, one sentence each. */
  readonly remarks: readonly string[];
  /** Throws BAD_ACTION for another shape and for numbers that are not finite. */
  map(action: Action, rows: number): Action;
}

/** Works out how actions of `from` become actions of `to`, by the terms that the map gives where they do not tell. Throws UNSUPPORTED for several spaces, and what `bindActions` throws. */
export function createMappedActions(
  bound: BoundMap,
  from: WorldSpec['actions'],
  to: WorldSpec['actions'],
): MappedActions {
  const [[, given], [path, wanted]] = [onlySpace(from), onlySpace(to)];
  const { from: fromTerms, to: toTerms, hold } = bound.actions;
  const map = bindActions(bound, { from: given, to: wanted, fromTerms, toTerms, hold });
  const space = fromTerms ? { ...given, terms: fromTerms } : given;
  return {
    space,
    remarks: map.remarks,
    map: (action, rows) => {
      requireTensors(action, rows, { '': space });
      const moved = mapActions(map, numbersOf(action as Tensor, rows, map, space));
      const data = wanted.dtype === 'f32' ? Float32Array.from(moved) : moved;
      return atPath(path, {
        dtype: wanted.dtype === 'f32' ? 'f32' : 'f64',
        shape: [rows, map.widthThere],
        data,
      });
    },
  };
}

function onlySpace(actions: WorldSpec['actions']): [path: string, space: Space] {
  const spaces = Object.entries(actions);
  if (spaces.length === 1) return spaces[0]!;
  throw new FarsimError(
    'UNSUPPORTED',
    `actions of ${spaces.length} spaces (${spaces.map(([path]) => path).join(', ')}) cannot be mapped`,
  );
}

function numbersOf(action: Tensor, rows: number, { width }: ActionMap, { terms }: Space): Float64Array {
  const { shape } = action;
  if (!Array.isArray(shape) || shape.length !== 2 || shape[0] !== rows || shape[1] !== width) {
    const said = Array.isArray(shape)
      ? `[${shape.join(', ')}]`
      : `of the names ${Object.keys(action).join(', ')}`;
    const names = terms?.map((term) => term.name).join(', ');
    throw new FarsimError('BAD_ACTION', `the action is ${said}; it must be [${rows}, ${width}]: ${names}`);
  }
  const numbers = toNumbers(action);
  const wrong = numbers.findIndex((number) => !Number.isFinite(number));
  if (wrong < 0) return numbers;
  throw new FarsimError('BAD_ACTION', `number ${wrong % width} of the action is ${numbers[wrong]}`);
}

/** A leaf at a path such as `arm/target`. */
function atPath(path: string, tensor: Tensor): Action {
  if (path === '') return tensor;
  return path.split('/').reduceRight<Action>((inside, name) => ({ [name]: inside }), tensor);
}
