import { FarsimError } from './errors.ts';
import type { Action } from './frame.ts';
import type { WorldSpec } from './world-spec.ts';

/** Throws BAD_ACTION, with the call that makes the right thing, for bare numbers in the place of a tensor. */
export function requireTensors(action: Action, rows: number, actions: WorldSpec['actions']): void {
  const given: unknown = action;
  if (typeof given === 'object' && given !== null && !Array.isArray(given) && !ArrayBuffer.isView(given))
    return;
  const [name, { dtype, shape }] = Object.entries(actions)[0] ?? ['', { dtype: 'f64', shape: [] }];
  const tensor = `${dtype === 'f32' ? 'f32' : 'f64'}([…], [${[rows, ...shape].join(', ')}])`;
  throw new FarsimError('BAD_ACTION', `an action is a tensor of all envs' numbers, not ${describe(given)}`, {
    suggestions: [`give a tensor, such as ${name === '' ? tensor : `{ ${name}: ${tensor} }`}`],
  });
}

function describe(given: unknown): string {
  if (Array.isArray(given)) return `an array of ${given.length}`;
  if (ArrayBuffer.isView(given)) return `a ${given.constructor.name}`;
  return String(given);
}
