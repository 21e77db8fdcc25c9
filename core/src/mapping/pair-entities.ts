import type { EntitySpec } from '../model/world-spec.ts';
import { folded, matchNames } from './match-names.ts';

type Entities = Readonly<Record<string, EntitySpec>>;

/**
 * Pairs entities that are the same thing: as the table says; by name, exactly and then without regard to case and
 * separators, a thing also by the name of its one body; robots by the most shared joints, then by their root bodies; at
 * last the only two that are left of a kind. Gives `to`'s name by `from`'s.
 */
export function pairEntities(
  from: Entities,
  to: Entities,
  table: Readonly<Record<string, string>>,
): ReadonlyMap<string, string> {
  const pairs = new Map<string, string>();
  const free = new Set(Object.keys(to));
  const give = (name: string, other: string | undefined): void => {
    if (other === undefined || !free.has(other) || pairs.has(name)) return;
    pairs.set(name, other);
    free.delete(other);
  };
  const open = (): string[] => Object.keys(from).filter((name) => !pairs.has(name));
  const alike = (name: string): string[] => [...free].filter((other) => to[other]!.kind === from[name]!.kind);

  for (const [name, other] of Object.entries(table)) if (name in from) give(name, other);
  const byNames = (kinds: readonly EntitySpec['kind'][]): void => {
    for (const write of [(text: string): string => text, folded]) {
      for (const name of open().filter((one) => kinds.includes(from[one]!.kind))) {
        const own = [name, from[name]!.root_body].map(write);
        give(
          name,
          alike(name).find(
            (other) => own.includes(write(other)) || own.includes(write(to[other]!.root_body)),
          ),
        );
      }
    }
  };
  for (const write of [(text: string): string => text, folded]) {
    for (const name of open()) {
      give(
        name,
        alike(name).find((other) => write(other) === write(name)),
      );
    }
  }
  byNames(['rigid_object']);
  for (const name of open()) {
    const shared = (other: string): number =>
      matchNames(from[name]!.joint_names, to[other]!.joint_names).filter((row) => row >= 0).length;
    const best = alike(name).toSorted((a, b) => shared(b) - shared(a))[0];
    if (best !== undefined && shared(best) > 0) give(name, best);
  }
  byNames(['articulation']);
  for (const name of open()) {
    const others = alike(name);
    const rivals = open().filter((other) => from[other]!.kind === from[name]!.kind);
    if (others.length === 1 && rivals.length === 1) give(name, others[0]);
  }
  return pairs;
}

/** True for what has a state: cameras and deformables are none of a map's business. */
export function hasPose({ kind }: EntitySpec): boolean {
  return kind === 'articulation' || kind === 'rigid_object';
}
