import { FarsimError } from '../model/errors.ts';
import { PoseResidual } from '../mapping/pose-residual.ts';
import { stateOfRow } from '../rollout/env-moment.ts';
import type { Simulator } from '../ports/simulator.ts';
import { distinctState } from './distinct-state.ts';
import { ProbedSimulator } from './probed-simulator.ts';

/**
 * Puts states in which no two numbers agree into `from`, each also into `view`, which goes by `from`'s names, and
 * compares where the bodies then are. Both lose the episode that they were in. Throws UNSUPPORTED when a side's state cannot
 * be set, or has no body poses.
 */
export async function mapResidual(from: Simulator, view: Simulator, poses: number): Promise<PoseResidual> {
  for (const { spec, setState, getState } of [from, view]) {
    if (!setState || !getState || !spec.capabilities.includes('bodies'))
      throw new FarsimError(
        'UNSUPPORTED',
        `'${spec.sim}' ${spec.task}: its state cannot be set, or it gives no body poses`,
        {
          suggestions: ['take a recording with body poses as the first side'],
        },
      );
  }
  const subject = new ProbedSimulator(from);
  await subject.begin();
  await view.reset();
  const names = await subject.settable();
  const residual = new PoseResidual(from.spec, view.spec);
  const first = Int32Array.of(0);
  for (let variant = 0; variant < poses; variant++) {
    await subject.put(distinctState(from.spec, await subject.read(), names, variant));
    const there = stateOfRow(await subject.read(), 0)!;
    await view.setState!(there, { envs: first });
    residual.compare(there, await view.getState!({ envs: first }));
  }
  return residual;
}
