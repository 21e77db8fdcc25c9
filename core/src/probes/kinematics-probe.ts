import type { WorldState } from '../model/world-state.ts';
import { stateOfRow } from '../rollout/env-moment.ts';
import { distinctState } from './distinct-state.ts';
import { mapEntities } from './edit-state.ts';
import { bodyPoses, distanceOfPoses, WorstDistance } from './pose-distance.ts';
import type { Probe } from './probe.ts';

const allowed = 1e-3;
const poses = 3;

/** The same state in another engine, with the simulator's own model, puts every body where the simulator has it. */
export const kinematicsProbe: Probe = {
  name: 'kinematics',
  wayOut: 'compare joint names, order, signs and body frames between the adapter’s states and its model()',
  async run(subject, openTwin) {
    const { simulator, spec } = subject;
    if (!simulator.model || !openTwin)
      return {
        notApplicable: 'it gives no model to compare with; `farsim map check` takes an MJCF of yours',
      };
    if (!simulator.getState || !subject.can('bodies')) return { notApplicable: 'it gives no bodies’ poses' };
    await using twin = await openTwin();
    await twin.reset();
    await subject.ready();
    const names = await subject.settable();
    const worst = new WorstDistance();
    const compared = new Set<string>();
    for (let variant = 0; variant <= (names.length > 0 ? poses : 0); variant++) {
      if (variant > 0) await subject.put(distinctState(spec, await subject.read(), names, variant));
      const state = stateOfRow(await subject.read(), 0)!;
      await twin.setState!(withoutBodies(state), { envs: Int32Array.of(0) });
      const other = await twin.getState!({ envs: Int32Array.of(0) });
      for (const [name, arrays] of Object.entries(state.entities)) {
        const [here, there] = [bodyPoses(arrays, 0), bodyPoses(other.entities[name] ?? {}, 0)];
        if (!here || !there) continue;
        here.forEach((pose, body) => {
          const place = twin.spec.entities[name]!.body_names.indexOf(spec.entities[name]!.body_names[body]!);
          if (place < 0) return;
          const where = `${name}/${spec.entities[name]!.body_names[body]}`;
          compared.add(where);
          worst.take(distanceOfPoses(pose, there[place]!), where);
        });
      }
    }
    if (compared.size === 0) return { notApplicable: 'its model has none of its bodies’ names' };
    const said = `${compared.size} bodies in ${names.length > 0 ? poses + 1 : 1} poses${worst.figure > allowed ? `, the farthest is ${worst.where}` : ''}`;
    return { figure: worst.figure, allowed, unit: 'm, rad', said };
  },
};

/** Where the bodies are is what the twin shall find out. */
function withoutBodies(state: WorldState): WorldState {
  return mapEntities(state, Object.keys(state.entities), (arrays) =>
    Object.fromEntries(Object.entries(arrays).filter(([key]) => key !== 'body_pos' && key !== 'body_quat')),
  );
}
