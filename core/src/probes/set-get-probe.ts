import { distinctState } from './distinct-state.ts';
import type { Probe } from './probe.ts';
import { differenceOfStates } from './state-difference.ts';

const allowed = 1e-4;

/** A state that is set is read back: the one that was read, and one in which no two numbers agree. */
export const setGetProbe: Probe = {
  name: 'set and get',
  wayOut: 'compare the orders, signs and units in which the adapter reads and writes the named array',
  async run(subject) {
    const { simulator, spec } = subject;
    if (!simulator.getState || !simulator.setState) return { notApplicable: 'its state cannot be set' };
    await subject.ready();
    for (let number = 1; number <= 3; number++) await subject.step(number);
    const names = await subject.settable();
    if (names.length === 0) return { notApplicable: 'none of its entities can be set' };
    const all = await subject.read();
    const { entities } = all;
    const before = { entities: Object.fromEntries(names.map((name) => [name, entities[name]!])) };
    await subject.put(before);
    const back = differenceOfStates(before, await subject.read());
    const distinct = distinctState(spec, all, names, 0);
    await subject.put(distinct);
    const set = differenceOfStates(distinct, await subject.read());
    const worst = set.figure > back.figure ? set : back;
    const not = Object.keys(entities).filter((name) => !names.includes(name));
    const left = not.length > 0 ? `; ${not.join(', ')} can only be read` : '';
    const said = worst.figure > 0 ? `the farthest is ${worst.where}` : 'exact';
    return { figure: worst.figure, allowed, unit: '', said: said + left };
  },
};
