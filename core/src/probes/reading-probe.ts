import type { WorldState } from '../model/world-state.ts';
import { copyState } from './edit-state.ts';
import type { Probe } from './probe.ts';
import { differenceOfStates, type StateDifference } from './state-difference.ts';

/** Reading a state changes nothing, and what was read stays what it was when the simulator goes on. */
export const readingProbe: Probe = {
  name: 'reading',
  wayOut: 'the adapter must copy the engine’s buffers before it changes or returns them',
  async run(subject) {
    if (!subject.simulator.getState) return { notApplicable: 'its state cannot be read' };
    await subject.ready();
    const { states } = await subject.step(1);
    const first = await subject.read();
    const kept = copyState(first);
    const again = differenceOfStates(kept, await subject.read());
    const keptFrames = states.map((state) => state && copyState(state));
    for (let number = 2; number <= 4; number++) await subject.step(number);
    const later = differenceOfStates(kept, first);
    const frames = states.map((state, row) => differenceOfStates(keptFrames[row] ?? none, state ?? none));
    const told: readonly (readonly [StateDifference, string])[] = [
      [again, 'differs when it is read again'],
      [later, 'was changed by later steps after it was read'],
      ...frames.map((found) => [found, 'of a frame was changed by later steps'] as const),
    ];
    const [worst, what] = told.toSorted(([a], [b]) => b.figure - a.figure)[0]!;
    const said = worst.figure > 0 ? `${worst.where} ${what}` : 'reads the same twice, and stays';
    return { figure: worst.figure, allowed: 0, unit: '', said };
  },
};

const none: WorldState = { entities: {} };
