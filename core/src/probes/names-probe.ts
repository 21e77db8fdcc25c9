import type { EntitySpec } from '../model/world-spec.ts';
import type { EntityState } from '../model/world-state.ts';
import type { Probe } from './probe.ts';

/** Names are unique where they are looked up, and there are as many as numbers in the arrays. */
export const namesProbe: Probe = {
  name: 'names',
  wayOut:
    'the adapter’s describe() must name each joint and body of an entity once, in the order of its arrays',
  async run(subject) {
    const { entities, cameras } = subject.spec;
    await subject.ready();
    const state = subject.simulator.getState && (await subject.read());
    const faults: string[] = [];
    let names = Object.keys(cameras).length;
    for (const [name, entity] of Object.entries(entities)) {
      names += entity.joint_names.length + entity.body_names.length;
      faults.push(
        ...repeated(entity.joint_names).map((joint) => `joint '${joint}' of ${name} is there twice`),
      );
      faults.push(...repeated(entity.body_names).map((body) => `body '${body}' of ${name} is there twice`));
      if (!entity.body_names.includes(entity.root_body))
        faults.push(`${name}: its root '${entity.root_body}' is none of its bodies`);
      if (state) faults.push(...miscounted(name, entity, state.entities[name]));
    }
    const extra = Object.keys(state?.entities ?? {}).filter((name) => !entities[name]);
    faults.push(...extra.map((name) => `'${name}' has a state and is not in the spec`));
    const said = faults.slice(0, 3).join('; ') || `${names} names`;
    return { figure: faults.length, allowed: 0, unit: '', said };
  },
};

function repeated(names: readonly string[]): string[] {
  return [...new Set(names.filter((name, i) => names.indexOf(name) !== i))];
}

function miscounted(name: string, entity: EntitySpec, arrays: EntityState | undefined): string[] {
  if (!arrays) return [`${name} has no state`];
  const counts = [
    ['joint_pos', entity.joint_names.length],
    ['joint_vel', entity.joint_names.length],
    ['body_pos', entity.body_names.length],
    ['body_quat', entity.body_names.length],
  ] as const;
  return counts.flatMap(([key, count]) => {
    const found = arrays[key]?.shape[1];
    return found === undefined || found === count ? [] : [`${name}.${key} has ${found} of ${count} names`];
  });
}
