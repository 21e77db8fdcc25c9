import { nearestName } from '../model/errors.ts';
import type { EntitySpec } from '../model/world-spec.ts';
import { hasPose, pairEntities } from './pair-entities.ts';
import { pairNames } from './pair-names.ts';

type Entities = Readonly<Record<string, EntitySpec>>;

/** A drafted map: the text of its file, and how many names of joints and bodies nobody was found for. */
export interface DraftedMap {
  readonly text: string;
  readonly joints: number;
  readonly bodies: number;
}

/**
 * Writes a map from one side's names to the other's as far as names tell: every pair that is written differently is a line,
 * every name without a partner a comment with the nearest one, to be filled in.
 */
export function draftMap(from: Entities, to: Entities): DraftedMap {
  const [ours, theirs] = [from, to].map((entities) =>
    Object.fromEntries(Object.entries(entities).filter(([, spec]) => hasPose(spec))),
  ) as [Entities, Entities];
  const partners = pairEntities(ours, theirs, {});
  const entities = Object.keys(ours).map((name) => [name, partners.get(name)] as const);
  const taken = new Set(partners.values());
  const joints = table(ours, theirs, partners, 'joint_names');
  const bodies = table(ours, theirs, partners, 'body_names');
  const lines = [
    'version: 1',
    'rename:',
    ...section(
      'entities',
      entities,
      Object.keys(theirs).filter((name) => !taken.has(name)),
    ),
    ...section('joints', joints.pairs, joints.free),
    ...section('bodies', bodies.pairs, bodies.free),
    '# sign: { joint: -1 }     q there = sign × scale × q + offset, by joint of the first side',
    '# scale: {}',
    '# offset: {}              metres or radians',
    '# mimic: { joint_there: leader_there }',
    '# ignore: { joints: [], bodies: [], entities: [] }',
  ];
  const open = (pairs: readonly (readonly [string, string | undefined])[]): number =>
    pairs.filter(([, other]) => other === undefined).length;
  return { text: `${lines.join('\n')}\n`, joints: open(joints.pairs), bodies: open(bodies.pairs) };
}

interface Table {
  readonly pairs: readonly (readonly [string, string | undefined])[];
  /** Names of the other side that were not given away. */
  readonly free: readonly string[];
}

function table(
  from: Entities,
  to: Entities,
  partners: ReadonlyMap<string, string>,
  kind: 'joint_names' | 'body_names',
): Table {
  const pairs: (readonly [string, string | undefined])[] = [];
  const free: string[] = [];
  for (const [name, other] of partners) {
    const [own, known] = [from[name]![kind], to[other]![kind]];
    const rows = pairNames(own, known, { entity: name, prefix: '', table: {} });
    own.forEach((joint, i) => pairs.push([joint, known[rows[i]!]]));
    free.push(...known.filter((_, row) => !rows.includes(row)));
  }
  return { pairs, free };
}

function section(
  name: string,
  pairs: readonly (readonly [string, string | undefined])[],
  free: readonly string[],
): string[] {
  const lines = pairs.flatMap(([own, other]) => {
    if (other === own) return [];
    if (other !== undefined) return [`    ${quoted(own)}: ${quoted(other)}`];
    const near = nearestName(own, free) ?? free[0];
    return [`    # ${quoted(own)}: ${near === undefined ? '?' : `${quoted(near)}?`}`];
  });
  const written = lines.some((line) => !line.trimStart().startsWith('#'));
  return [`  ${name}:${written ? '' : ' {}'}`, ...lines];
}

/** As YAML needs it. */
function quoted(name: string): string {
  return /^[A-Za-z_][\w./-]*$/.test(name) && !/^(true|false|null|yes|no|on|off|y|n)$/i.test(name)
    ? name
    : JSON.stringify(name);
}
