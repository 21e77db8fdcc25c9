import { bindMap, type EntityPair, type NamedMap } from '@farsim/core';
import type { SideNumbers } from './side-numbers.ts';

/** One quantity of both sides; `undefined` where a side does not have or say it. */
export interface ModelRow {
  readonly kind: 'world' | 'joint' | 'body';
  /** `here`, or `here → there` where the names differ. */
  readonly name: string;
  readonly quantity: string;
  readonly from: Value;
  readonly to: Value;
  readonly same: boolean;
}

type Value = number | string | undefined;

/** Relative: what two importers' rounding leaves. */
const tolerance = 1e-5;

/** Every quantity that both sides could have, in order: the world's, then each entity's joints and bodies. */
export function modelDifferences(from: SideNumbers, to: SideNumbers, map: NamedMap): ModelRow[] {
  const bound = bindMap(from.spec.entities, to.spec.entities, map);
  return [
    ...worldRows(from, to),
    ...bound.pairs.flatMap((pair) => [...jointRows(pair, from, to), ...bodyRows(pair, from, to)]),
  ];
}

function worldRows(from: SideNumbers, to: SideNumbers): ModelRow[] {
  const values = ({ spec }: SideNumbers): Record<string, Value> => ({
    simulator: spec.sim,
    step_dt: spec.step_dt,
    physics_dt: spec.physics_dt,
    decimation: Math.round(spec.step_dt / spec.physics_dt),
  });
  return rows('world', '', values(from), values(to));
}

function jointRows(
  { from, to, fromSpec, toSpec, back }: EntityPair,
  one: SideNumbers,
  other: SideNumbers,
): ModelRow[] {
  return fromSpec.joint_names.flatMap((joint, i) => {
    const row = back.source[i]!;
    if (row < 0) return [];
    const twin = toSpec.joint_names[row]!;
    const limits = (limit: readonly [number, number] | null | undefined): readonly Value[] =>
      (limit ?? [undefined, undefined]).map((end) => end && (Math.abs(end) >= 1e9 ? undefined : end));
    const turned = toSpec.joint_limits[row]
      ?.map((end) => back.gain[i]! * end + back.shift[i]!)
      .toSorted((a, b) => a - b);
    const [low, high] = limits(fromSpec.joint_limits[i]);
    const [lowThere, highThere] = limits(turned as [number, number] | undefined);
    return rows(
      'joint',
      named(`${from}/${joint}`, `${to}/${twin}`),
      { order: i, type: fromSpec.joint_types[i], low, high, ...one.joints.get(`${from}/${joint}`) },
      {
        order: row,
        type: toSpec.joint_types[row],
        low: lowThere,
        high: highThere,
        ...other.joints.get(`${to}/${twin}`),
      },
    );
  });
}

function bodyRows(
  { from, to, fromSpec, toSpec, bodiesBack }: EntityPair,
  one: SideNumbers,
  other: SideNumbers,
): ModelRow[] {
  return fromSpec.body_names.flatMap((body, i) => {
    const row = bodiesBack[i]!;
    if (row < 0) return [];
    const twin = toSpec.body_names[row]!;
    const values = ({ bodies }: SideNumbers, name: string): Record<string, Value> => {
      const { mass, inertia, com, friction } = bodies.get(name) ?? {};
      return {
        mass,
        ...(inertia && { 'inertia 1': inertia[0], 'inertia 2': inertia[1], 'inertia 3': inertia[2] }),
        ...(com && { 'com x': com[0], 'com y': com[1], 'com z': com[2] }),
        friction,
      };
    };
    return rows(
      'body',
      named(`${from}/${body}`, `${to}/${twin}`),
      values(one, `${from}/${body}`),
      values(other, `${to}/${twin}`),
    );
  });
}

function rows(
  kind: ModelRow['kind'],
  name: string,
  from: Readonly<Record<string, Value>>,
  to: Readonly<Record<string, Value>>,
): ModelRow[] {
  return [...new Set([...Object.keys(from), ...Object.keys(to)])].flatMap((quantity) => {
    const [a, b] = [from[quantity], to[quantity]];
    return a === undefined && b === undefined
      ? []
      : [{ kind, name, quantity, from: a, to: b, same: same(a, b) }];
  });
}

function same(a: Value, b: Value): boolean {
  if (typeof a !== 'number' || typeof b !== 'number') return a === b;
  return Math.abs(a - b) <= tolerance * Math.max(Math.abs(a), Math.abs(b), tolerance);
}

function named(here: string, there: string): string {
  return here === there ? here : `${here} → ${there}`;
}
