import type { Visuals } from '../model/visuals.ts';
import type { EntitySpec } from '../model/world-spec.ts';
import type { BoundMap, EntityPair } from './bound-map.ts';

/** `to`'s entities under `from`'s names and in its orders: what a simulator shows that takes `from`'s states. */
export function presentEntities({ pairs }: BoundMap): Record<string, EntitySpec> {
  return Object.fromEntries(pairs.map((pair) => [pair.from, presentEntity(pair)]));
}

function presentEntity({ fromSpec: from, toSpec: to, back, bodiesBack }: EntityPair): EntitySpec {
  const { joint_rest: rest, joint_mimics: _, ...own } = to;
  const there = (row: number): number => back.source[row]!;
  return {
    ...own,
    root_body: from.root_body,
    joint_names: from.joint_names,
    joint_types: from.joint_names.map((_name, row) => to.joint_types[there(row)] ?? from.joint_types[row]!),
    joint_limits: from.joint_names.map((_name, row) => {
      const limit = to.joint_limits[there(row)];
      if (!limit) return null;
      const [a, b] = limit.map((end) => back.gain[row]! * end + back.shift[row]!) as [number, number];
      return a <= b ? [a, b] : [b, a];
    }),
    ...(rest && {
      joint_rest: from.joint_names.map((_name, row) =>
        there(row) < 0 ? back.shift[row]! : back.gain[row]! * rest[there(row)]! + back.shift[row]!,
      ),
    }),
    body_names: from.body_names.filter((_name, row) => bodiesBack[row]! >= 0),
  };
}

/** `to`'s shapes under `from`'s names; those of bodies that `from` has not are left out. */
export function presentVisuals({ pairs }: BoundMap, { shapes }: Visuals): Visuals {
  const names = new Map<string, string>(
    pairs.flatMap(({ from, fromSpec, to, toSpec, bodiesBack }) =>
      fromSpec.body_names.flatMap((body, i) => {
        const row = bodiesBack[i]!;
        return row < 0 ? [] : [[`${to}/${toSpec.body_names[row]}`, `${from}/${body}`] as const];
      }),
    ),
  );
  return {
    shapes: shapes.flatMap((shape) => {
      const body = shape.body === 'world' ? 'world' : names.get(shape.body);
      return body === undefined ? [] : [{ ...shape, body }];
    }),
  };
}
