import type { Frame } from '../model/frame.ts';
import type { WorldState } from '../model/world-state.ts';
import { finalMomentOf, momentOf } from '../rollout/env-moment.ts';
import { mapEntities } from './edit-state.ts';
import type { Probe } from './probe.ts';
import type { ProbedSimulator } from './probed-simulator.ts';
import { differenceOfStates } from './state-difference.ts';

const mostSteps = 1_500;
const mostSeconds = 12;
/** An end is told from a start when the two are this many steps' ways apart. */
const leastSteps = 4;
const allowed = 0.6;

/**
 * Where a step ends an episode and begins the next, `final` holds the end: it is near to the state of the step before. The figure
 * is that distance as a part of the way from there to the new start: 1 is the new start taken for the end.
 */
export const finalStateProbe: Probe = {
  name: 'final state',
  wayOut:
    'keep the state before the engine resets an env inside its step, or leave `finalState` out of the capabilities',
  async run(subject) {
    if (subject.spec.autoreset !== 'same_step')
      return { notApplicable: 'a step does not reset an env that ended' };
    if (!subject.can('finalState') || !subject.simulator.getState)
      return { notApplicable: 'it gives no final states' };
    const seen = await untilEnd(subject);
    if (typeof seen === 'string') return { notApplicable: seen };
    const { env, steps, frame, before } = seen;
    const end = finalMomentOf(frame, env, subject.spec.step_dt)?.state;
    const what = `env ${env} ended after ${steps} steps`;
    if (!end) return { figure: Infinity, allowed, unit: '', said: `${what} and its final state is missing` };
    const figure = differenceOfStates(before, end).figure / wayToStart(before, frame, env);
    const said = figure <= allowed ? what : `${what}, and its final state is as far as its next start`;
    return { figure, allowed, unit: '', said };
  },
};

interface SeenEnd {
  readonly env: number;
  readonly steps: number;
  /** The step that ended it, and the env's positions one step before. */
  readonly frame: Frame;
  readonly before: WorldState;
}

/** The first end of a looked-at env that is far enough from its new start; or why none was seen. */
async function untilEnd(subject: ProbedSimulator): Promise<SeenEnd | string> {
  const until = performance.now() + mostSeconds * 1000;
  const way = new Map<number, number>();
  await subject.ready();
  let last = (await subject.step(1)).states;
  for (let steps = 2; steps <= mostSteps; steps++) {
    if (performance.now() > until) return `no episode came to a clear end in ${mostSeconds} s`;
    const { frame, states } = await subject.step(1);
    for (const [row, env] of subject.envs.entries()) {
      const before = last[row] && positionsOf(last[row]);
      if (!before) continue;
      if (frame.terminated[env] || frame.truncated[env]) {
        const least = leastSteps * (way.get(env) ?? Infinity);
        if (wayToStart(before, frame, env) > least) return { env, steps, frame, before };
      } else if (states[row]) {
        way.set(env, Math.max(way.get(env) ?? 0, differenceOfStates(before, states[row]).figure));
      }
    }
    last = Array.from(subject.envs, (env) => momentOf(frame, env)?.state);
  }
  return `no episode came to a clear end in ${mostSteps} steps`;
}

function wayToStart(before: WorldState, frame: Frame, env: number): number {
  const start = momentOf(frame, env)?.state;
  return start ? differenceOfStates(before, start).figure : 0;
}

/** Velocities jump in the collisions that end episodes; positions do not. */
function positionsOf(state: WorldState): WorldState {
  return mapEntities(state, Object.keys(state.entities), ({ root_pos, root_quat, joint_pos }) => ({
    ...(root_pos && { root_pos }),
    ...(root_quat && { root_quat }),
    ...(joint_pos && { joint_pos }),
  }));
}
