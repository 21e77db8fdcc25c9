import { FarsimError, didYouMean } from '../model/errors.ts';
import type { EntitySpec } from '../model/world-spec.ts';
import type { NamedMap, RobotMap } from './robot-map.ts';
import { turnMap } from './turn-map.ts';

type Entities = Readonly<Record<string, EntitySpec>>;

/** The map, turned round when more of its renamings fit the other direction. */
export function turnedFor(map: RobotMap, from: Entities, to: Entities): RobotMap {
  const [ours, theirs] = [namesOf(from), namesOf(to)];
  const fitting = ([a, b]: readonly [ReadonlySet<string>, ReadonlySet<string>]): number =>
    (['entities', 'joints', 'bodies'] as const)
      .flatMap((kind) => Object.entries(map.rename[kind]))
      .filter(
        ([one, other]) => a.has(leaf(one)) && b.has(leaf(other)) && !(a.has(leaf(other)) && b.has(leaf(one))),
      ).length;
  return fitting([theirs, ours]) > fitting([ours, theirs]) ? turnMap(map, to, from) : map;
}

/** Throws MAP_INVALID, with its place, for a name in a map of one's own that its side has not. */
export function requireKnownNames(
  { map, place }: NamedMap,
  turned: boolean,
  from: Entities,
  to: Entities,
): void {
  if (!place || turned) return;
  const [ours, theirs] = [namesOf(from), namesOf(to)];
  const both = new Set([...ours, ...theirs]);
  const check = (path: readonly string[], name: string, known: ReadonlySet<string>, side: string): void => {
    if (known.has(name) || known.has(leaf(name))) return;
    throw new FarsimError('MAP_INVALID', `${place(path)}: '${name}' is nothing of ${side}`, {
      suggestions: didYouMean(leaf(name), known),
    });
  };
  for (const kind of ['entities', 'joints', 'bodies'] as const) {
    for (const [name, other] of Object.entries(map.rename[kind])) {
      check(['rename', kind, name], name, ours, 'the side that states come from');
      check(['rename', kind, name], other, theirs, 'the side that they are put into');
    }
    map.ignore[kind].forEach((name, i) => check(['ignore', kind, String(i)], name, both, 'either side'));
  }
  for (const kind of ['sign', 'scale', 'offset', 'prefix'] as const) {
    for (const name of Object.keys(map[kind]))
      check([kind, name], name, ours, 'the side that states come from');
  }
  for (const name of Object.keys(map.mimic))
    check(['mimic', name], name, theirs, 'the side that they are put into');
}

/** All names of a side: entities, joints and bodies. */
function namesOf(entities: Entities): ReadonlySet<string> {
  return new Set(
    Object.entries(entities).flatMap(([name, { joint_names: joints, body_names: bodies }]) => [
      name,
      ...joints,
      ...bodies,
    ]),
  );
}

function leaf(name: string): string {
  return name.slice(name.indexOf('/') + 1);
}
