import type { Frame } from '../model/frame.ts';
import { takeRows } from '../model/tensor.ts';
import type { EntityState, WorldState } from '../model/world-state.ts';

/** One env's state, as a state of one row, at a second of its episode. */
export interface EnvMoment {
  readonly time: number;
  readonly state: WorldState;
}

/** The env's state in a frame; undefined when the frame does not hold it. */
export function momentOf(frame: Frame, env: number): EnvMoment | undefined {
  const row = rowOf(frame.envs, env);
  const state = frame.state && stateOfRow(frame.state, rowOf(frame.state.envs ?? frame.envs, env));
  return row < 0 || !state ? undefined : { time: frame.time[row]!, state };
}

/** The state in which an autoreset found the env, when the frame holds it. */
export function finalMomentOf(frame: Frame, env: number, stepDt: number): EnvMoment | undefined {
  const { final } = frame;
  const row = final?.envs.indexOf(env) ?? -1;
  if (!final?.state || row < 0) return undefined;
  const state = stateOfRow(final.state, (final.state.envs ?? final.envs).indexOf(env));
  return state && { time: final.tick[row]! * stepDt, state };
}

/** All envs in order are the usual case, and N of them must not be searched N times. */
function rowOf(envs: Int32Array, env: number): number {
  return envs[env] === env ? env : envs.indexOf(env);
}

/** One row of a state; undefined for −1. */
export function stateOfRow(state: WorldState, row: number): WorldState | undefined {
  if (row < 0) return undefined;
  const entities: Record<string, EntityState> = {};
  for (const [name, arrays] of Object.entries(state.entities)) {
    const ofRow: Record<string, EntityState[string]> = {};
    for (const [key, tensor] of Object.entries(arrays)) if (tensor) ofRow[key] = takeRows(tensor, [row]);
    entities[name] = ofRow;
  }
  return { entities };
}
