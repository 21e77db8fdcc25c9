import type { Frame } from '../model/frame.ts';
import { flattenTree } from '../model/tree.ts';
import type { WorldState } from '../model/world-state.ts';
import { mapEntities } from './edit-state.ts';
import type { Probe } from './probe.ts';
import type { ProbedSimulator } from './probed-simulator.ts';
import { differenceOfStates, differenceOfTensors, type StateDifference } from './state-difference.ts';

const seed = 11;
const steps = 3;

/** Resetting twice with the same seed, and stepping alike, gives the same; a simulator that does not promise it may say so. */
export const seedProbe: Probe = {
  name: 'seed',
  wayOut: 'seed every source of chance at a reset, or leave `deterministic` out of the capabilities',
  async run(subject) {
    const promised = subject.can('deterministic');
    const first = await play(subject);
    const second = await play(subject);
    const worst = first
      .map((moment, i) => differenceOf(moment, second[i]!))
      .toSorted((a, b) => b.figure - a.figure)[0]!;
    if (!promised && worst.figure > 0)
      return { notApplicable: `not deterministic: ${worst.where} differs by ${worst.figure.toPrecision(2)}` };
    const said =
      worst.figure > 0 ? `${worst.where} differs though \`deterministic\` is promised` : 'the same twice';
    return { figure: worst.figure, allowed: 0, unit: '', said };
  },
};

interface Moment {
  readonly frame: Frame;
  readonly state: WorldState | undefined;
}

async function play(subject: ProbedSimulator): Promise<readonly Moment[]> {
  const state = async (): Promise<WorldState | undefined> =>
    subject.simulator.getState ? subject.read() : undefined;
  const moments: Moment[] = [{ frame: await subject.begin(seed), state: await state() }];
  for (let number = 1; number <= steps; number++)
    moments.push({ frame: (await subject.step(number)).frame, state: await state() });
  return moments;
}

function differenceOf(a: Moment, b: Moment): StateDifference {
  const observed = flattenTree('observations', a.frame.observations).map(([name, tensor], i) => {
    const other = flattenTree('observations', b.frame.observations)[i];
    return { figure: other ? differenceOfTensors(tensor, other[1]).figure : Infinity, where: name };
  });
  return [...observed, differenceOfStates(bodily(a.state), bodily(b.state))].toSorted(
    (x, y) => y.figure - x.figure,
  )[0]!;
}

/** Without targets: the last episode's may stand until the first action, which a seed need not decide. */
function bodily(state: WorldState = { entities: {} }): WorldState {
  return mapEntities(
    state,
    Object.keys(state.entities),
    ({ joint_pos_target: _target, ...arrays }) => arrays,
  );
}
