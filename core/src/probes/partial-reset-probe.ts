import type { Probe } from './probe.ts';
import { differenceOfStates } from './state-difference.ts';

const allowed = 1e-5;

/** Resetting one env leaves the others where they are. */
export const partialResetProbe: Probe = {
  name: 'partial reset',
  wayOut: 'reset the named rows alone, or leave `partialReset` out of the capabilities',
  async run(subject) {
    const { simulator, envs, spec } = subject;
    if (!subject.can('partialReset')) return { notApplicable: 'it resets all its envs together' };
    if (spec.num_envs < 2) return { notApplicable: 'it has one env' };
    if (!simulator.getState) return { notApplicable: 'its state cannot be read' };
    const others = envs.slice(0, -1);
    const chosen = envs.slice(-1);
    await subject.ready();
    for (let number = 1; number <= 3; number++) await subject.step(number);
    const before = await subject.read(others);
    const frame = await simulator.reset({ envs: chosen });
    const { figure, where } = differenceOfStates(before, await subject.read(others));
    if (frame.envs.join() !== chosen.join() || frame.tick[0] !== 0)
      return {
        figure: Infinity,
        allowed,
        unit: '',
        said: `the reset answered for envs ${frame.envs.join(' ')}, not for ${chosen[0]}`,
      };
    const said = figure > allowed ? `${where} of another env changed` : `${others.length} other envs stayed`;
    return { figure, allowed, unit: '', said };
  },
};
