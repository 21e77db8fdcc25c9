import { matchNames } from './match-names.ts';

/** What a map says about one entity's names of a kind. */
export interface NameRules {
  readonly entity: string;
  readonly prefix: string;
  readonly table: Readonly<Record<string, string>>;
}

/** For each name of `from` the row of the same in `to`, else −1: as the table says, then as {@link matchNames} finds them, the prefix taken away. */
export function pairNames(from: readonly string[], to: readonly string[], rules: NameRules): Int32Array {
  const bare = (name: string): string =>
    rules.prefix !== '' && name.startsWith(rules.prefix) ? name.slice(rules.prefix.length) : name;
  const [bareFrom, bareTo] = [from.map(bare), to.map(bare)];
  const given = Int32Array.from(from, (name, i) => {
    const there = lookUp(rules.table, rules.entity, name) ?? lookUp(rules.table, rules.entity, bareFrom[i]!);
    if (there === undefined) return -1;
    const short = there.slice(there.indexOf('/') + 1);
    return [to.indexOf(there), bareTo.indexOf(there), to.indexOf(short)].find((row) => row >= 0) ?? -1;
  });
  return matchNames(bareFrom, bareTo, given);
}

/** A table's value for `entity/name`, else for `name`. */
export function lookUp<Value>(
  table: Readonly<Record<string, Value>>,
  entity: string,
  name: string,
): Value | undefined {
  const qualified = `${entity}/${name}`;
  return Object.hasOwn(table, qualified)
    ? table[qualified]
    : Object.hasOwn(table, name)
      ? table[name]
      : undefined;
}
