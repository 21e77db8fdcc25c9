import type { Frame } from '../model/frame.ts';
import { toNumbers, type Tensor } from '../model/tensor.ts';
import { flattenTree } from '../model/tree.ts';
import type { Probe } from './probe.ts';

const steps = 20;

/** Twenty small steps give numbers only. */
export const finiteProbe: Probe = {
  name: 'finite',
  wayOut: 'a smaller physics step or softer gains; look which array holds it first',
  async run(subject) {
    await subject.begin();
    let bad = 0;
    let first = '';
    for (let number = 1; number <= steps; number++) {
      const { frame } = await subject.step(number);
      for (const [name, tensor] of arraysOf(frame)) {
        const found = toNumbers(tensor).reduce((count, value) => count + (Number.isFinite(value) ? 0 : 1), 0);
        if (found > 0 && bad === 0) first = `${name} at step ${number}`;
        bad += found;
      }
    }
    const said = bad > 0 ? `the first is in ${first}` : `${steps} steps`;
    return { figure: bad, allowed: 0, unit: '', said };
  },
};

function* arraysOf({ observations, reward, state }: Frame): Generator<readonly [string, Tensor]> {
  yield* flattenTree('observations', observations);
  yield ['reward', reward];
  for (const [entity, arrays] of Object.entries(state?.entities ?? {}))
    for (const [key, tensor] of Object.entries(arrays)) if (tensor) yield [`${entity}.${key}`, tensor];
}
