import {
  mapped,
  PoseResidual,
  toNumbers,
  type NamedMap,
  type Simulator,
  type WorldState,
} from '@farsim/core';
import { openMujoco } from '@farsim/sim-mujoco';
import type { RobotTwice } from './random-robot.ts';
import type { Random } from './random.ts';
import { drawState } from './random-state.ts';

/** Both writings of a robot, open. */
export interface OpenTwice extends AsyncDisposable {
  readonly one: Simulator;
  readonly other: Simulator;
}

export async function openTwice(robot: RobotTwice, cache: string): Promise<OpenTwice> {
  const one = await openMujoco({ model: robot.one, cache });
  const other = await openMujoco({ model: robot.other, cache });
  for (const simulator of [one, other]) await simulator.reset({ want: { state: true, bodies: 'always' } });
  return {
    one,
    other,
    async [Symbol.asyncDispose]() {
      await one[Symbol.asyncDispose]();
      await other[Symbol.asyncDispose]();
    },
  };
}

/** Changes a state on its way, as an adapter that is wrong would. */
export type Spoil = (state: WorldState) => WorldState;

/**
 * Puts drawn states into both and compares the bodies: the residual of a map. Throws when what comes back is not what was
 * put in to 1e-9.
 */
export async function comparePoses(
  { one, other }: OpenTwice,
  map: NamedMap,
  random: Random,
  poses: number,
  spoil: Spoil = (state) => state,
): Promise<PoseResidual> {
  // what is mapped is not closed with it here
  const view = mapped(other, { as: one.spec, map });
  const residual = new PoseResidual(one.spec, view.spec);
  for (let pose = 0; pose < poses; pose++) {
    const state = drawState(one.spec, random);
    const truth = (await one.setState!(state)).state!;
    const shown = (await view.setState!(spoil(state))).state!;
    requireSame(spoil(state), shown);
    residual.compare(truth, shown);
  }
  return residual;
}

function requireSame(put: WorldState, got: WorldState): void {
  for (const [entity, arrays] of Object.entries(put.entities)) {
    for (const [key, tensor] of Object.entries(arrays)) {
      const [a, b] = [toNumbers(tensor!), toNumbers(got.entities[entity]![key]!)];
      const apart = (sign: number): number =>
        Math.max(...a.map((value, i) => Math.abs(value - sign * b[i]!)));
      const off = key === 'root_quat' ? Math.min(apart(1), apart(-1)) : apart(1);
      if (!(off < 1e-9)) throw new Error(`${entity}.${key} came back ${off} off`);
    }
  }
}
