import type { EntitySpec } from '../model/world-spec.ts';
import { pairEntities } from './pair-entities.ts';
import { lookUp, pairNames } from './pair-names.ts';
import type { RobotMap } from './robot-map.ts';

type Entities = Readonly<Record<string, EntitySpec>>;

/**
 * The same map for states that go from `there` to `here`, where it was written for the way from `here` to `there`. Joints are
 * found as the map itself finds them, most need no renaming. Followers of `there` are then more than is needed, and terms that
 * are held there are those that now command.
 */
export function turnMap(map: RobotMap, here: Entities, there: Entities): RobotMap {
  const partners = pairEntities(here, there, map.rename.entities);
  const scale: Record<string, number> = {};
  const offset: Record<string, number> = {};
  for (const [entity, other] of partners) {
    const [ours, theirs] = [here[entity]!.joint_names, there[other]!.joint_names];
    const rules = { entity, prefix: map.prefix[entity] ?? '', table: map.rename.joints };
    pairNames(ours, theirs, rules).forEach((row, i) => {
      if (row < 0) return;
      const of = (table: Readonly<Record<string, number>>): number | undefined =>
        lookUp(table, entity, ours[i]!);
      const gain = (of(map.sign) ?? 1) * (of(map.scale) ?? 1);
      const shift = of(map.offset) ?? 0;
      if (gain !== 1) scale[`${other}/${theirs[row]!}`] = 1 / gain;
      if (shift !== 0) offset[`${other}/${theirs[row]!}`] = -shift / gain;
    });
  }
  const { rename } = map;
  return {
    version: 1,
    rename: {
      entities: swapped(rename.entities),
      joints: swapped(rename.joints),
      bodies: swapped(rename.bodies),
    },
    sign: {},
    scale,
    offset,
    mimic: {},
    ignore: { ...map.ignore, joints: [...map.ignore.joints, ...Object.keys(map.mimic)] },
    prefix: Object.fromEntries(
      Object.entries(map.prefix).map(([entity, prefix]) => [partners.get(entity) ?? entity, prefix]),
    ),
    actions: {
      hold: {},
      ...(map.actions.to && { from: map.actions.to }),
      ...(map.actions.from && { to: map.actions.from }),
    },
  };
}

function swapped(table: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(table).map(([a, b]) => [b, a]));
}
