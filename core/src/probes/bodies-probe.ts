import { distinctState } from './distinct-state.ts';
import { bodyPoses, distanceOfPoses, rootPose, WorstDistance } from './pose-distance.ts';
import type { Probe } from './probe.ts';

const allowed = 1e-3;

/** The bodies’ poses are in the same frame as the root’s: the root body is where the root is, at rest and moved. */
export const bodiesProbe: Probe = {
  name: 'bodies',
  wayOut: 'body poses must be env-local poses of link frames: no env origin added, no centre of mass',
  async run(subject) {
    const { simulator, spec } = subject;
    if (!simulator.getState || !subject.can('bodies')) return { notApplicable: 'it gives no bodies’ poses' };
    await subject.ready();
    const worst = new WorstDistance();
    let compared = 0;
    const names = await subject.settable();
    for (const moved of [false, true]) {
      if (moved && names.length === 0) break;
      if (moved) await subject.put(distinctState(spec, await subject.read(), names, 1));
      const { entities } = await subject.read();
      for (const [name, arrays] of Object.entries(entities)) {
        const body = spec.entities[name]?.body_names.indexOf(spec.entities[name]!.root_body) ?? -1;
        subject.envs.forEach((_, row) => {
          const [root, pose] = [rootPose(arrays, row), bodyPoses(arrays, row)?.[body]];
          if (!root || !pose) return;
          compared++;
          worst.take(distanceOfPoses(root, pose), `${name}/${spec.entities[name]!.root_body}`);
        });
      }
    }
    if (compared === 0) return { notApplicable: 'no state holds both a root’s and its bodies’ poses' };
    const said = `${compared} root bodies compared${worst.figure > allowed ? `, ${worst.where} is elsewhere than its root` : ''}`;
    return { figure: worst.figure, allowed, unit: 'm, rad', said };
  },
};
