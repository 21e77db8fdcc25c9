import { FarsimError, requireTensors, type Action, type Tensor } from '@farsim/core';

/** Returns an action's controls, `[rows, nu]`. Throws BAD_ACTION for names, another shape or type, and numbers that are not finite. */
export function readAction(
  action: Action,
  rows: number,
  actuators: readonly string[],
): Float32Array | Float64Array {
  requireTensors(action, rows, { '': { dtype: 'f64', shape: [actuators.length] } });
  const { dtype, shape, data } = action as Tensor;
  if (typeof dtype !== 'string' || data === undefined) {
    throw new FarsimError(
      'BAD_ACTION',
      `the action must be one array of all controls, not the names ${Object.keys(action).join(', ')}`,
    );
  }
  if (dtype !== 'f64' && dtype !== 'f32')
    throw new FarsimError('BAD_ACTION', `the action is ${dtype}; it must be f64 or f32`);
  const nu = actuators.length;
  if (shape.length !== 2 || shape[0] !== rows || shape[1] !== nu) {
    throw new FarsimError(
      'BAD_ACTION',
      `the action is [${shape.join(', ')}]; it must be [${rows}, ${nu}]${nu > 0 ? `: ${actuators.join(', ')}` : ''}`,
    );
  }
  const numbers = data as Float32Array | Float64Array;
  for (let i = 0; i < numbers.length; i++) {
    if (!Number.isFinite(numbers[i]!))
      throw new FarsimError('BAD_ACTION', `the control '${actuators[i % nu]}' is ${numbers[i]}`);
  }
  return numbers;
}
