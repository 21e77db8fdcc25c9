import type { WorldSpec } from './world-spec.ts';

/** What of a spec decides how its states are to be read: the number of envs and their places do not. */
export interface Conventions {
  readonly versions: Readonly<Record<string, string>>;
  /** The engine's own, by name. */
  readonly native: Readonly<Record<string, string>>;
  readonly steps: Readonly<Record<'step_dt' | 'physics_dt' | 'autoreset', string>>;
  /** What can be asked, and so probed. */
  readonly capabilities: readonly string[];
  /** Names in order, by `entity joints` and `entity bodies`. */
  readonly orders: Readonly<Record<string, readonly string[]>>;
}

/** Equal specs give equal ones, to the order of their keys. */
export function conventionsOf(spec: WorldSpec): Conventions {
  const { step_dt, physics_dt, autoreset } = spec;
  return {
    versions: sorted(Object.entries(spec.versions)),
    native: sorted(Object.entries(spec.native).map(([name, { value }]) => [name, value])),
    steps: { step_dt: `${step_dt} s`, physics_dt: `${physics_dt} s`, autoreset },
    capabilities: spec.capabilities.toSorted(),
    orders: sorted(
      Object.entries(spec.entities).flatMap(([name, { joint_names, body_names }]) => [
        [`${name} joints`, joint_names],
        [`${name} bodies`, body_names],
      ]),
    ),
  };
}

/** What differs, a sentence each: `quat is xyzw, was wxyz`. */
export function changedConventions(was: Conventions, is: Conventions): string[] {
  const values = (['native', 'steps', 'versions'] as const).flatMap((group) =>
    names(was[group], is[group])
      .filter((name) => (was[group] as Named)[name] !== (is[group] as Named)[name])
      .map(
        (name) =>
          `${name} is ${(is[group] as Named)[name] ?? 'not told'}, was ${(was[group] as Named)[name] ?? 'not told'}`,
      ),
  );
  const can = was.capabilities.join() === is.capabilities.join() ? [] : ['other capabilities are listed'];
  const orders = names(was.orders, is.orders)
    .filter((name) => was.orders[name]?.join('\n') !== is.orders[name]?.join('\n'))
    .map((name) => `the order of ${name} is another`);
  return [...values, ...can, ...orders];
}

type Named = Readonly<Record<string, string>>;

function names(a: object, b: object): string[] {
  return [...new Set([...Object.keys(a), ...Object.keys(b)])].toSorted();
}

function sorted<Value>(entries: readonly (readonly [string, Value])[]): Record<string, Value> {
  return Object.fromEntries(entries.toSorted(([a], [b]) => (a < b ? -1 : 1)));
}
