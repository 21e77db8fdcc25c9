import { FarsimError, didYouMean } from '../model/errors.ts';
import type { EntitySpec } from '../model/world-spec.ts';
import type { BoundMap, EntityPair } from './bound-map.ts';
import { jointRowsBack, jointRowsThere } from './joint-rows.ts';
import { hasPose, pairEntities } from './pair-entities.ts';
import { lookUp, pairNames } from './pair-names.ts';
import { requireKnownNames, turnedFor } from './map-names.ts';
import { autoMap, type NamedMap, type RobotMap } from './robot-map.ts';

type Entities = Readonly<Record<string, EntitySpec>>;

/**
 * Pairs two sides' entities, joints and bodies by name and by what the map says, turned round where it was written for the
 * other direction. Every joint of a paired entity of `from` must be found: MAP_INVALID lists both sides.
 * BASE_DIFFERS when one robot is fixed in the world and the other floats, UNSUPPORTED for ball joints. What else is on
 * one side only becomes a remark.
 */
export function bindMap(from: Entities, to: Entities, named: NamedMap = autoMap): BoundMap {
  const map = turnedFor(named.map, from, to);
  requireKnownNames({ ...named, map }, named.map !== map, from, to);
  const ignored = new Set(map.ignore.entities);
  const [ours, theirs] = [withPose(from, ignored), withPose(to, ignored)];
  const partners = pairEntities(ours, theirs, map.rename.entities);
  const remarks: string[] = [];
  const pairs = Object.keys(ours).flatMap((name) => {
    const other = partners.get(name);
    return other === undefined ? [] : [bindPair(name, ours[name]!, other, theirs[other]!, map, remarks)];
  });
  const lost = Object.keys(ours).filter((name) => !partners.has(name));
  const taken = new Set(partners.values());
  const still = Object.keys(theirs).filter((name) => !taken.has(name));
  for (const name of still) remarks.push(`'${name}' is in the model only and stays where it is`);
  return { name: named.name, pairs, actions: map.actions, lost, still, remarks };
}

function withPose(entities: Entities, ignored: ReadonlySet<string>): Entities {
  return Object.fromEntries(
    Object.entries(entities).filter(([name, spec]) => hasPose(spec) && !ignored.has(name)),
  );
}

function bindPair(
  name: string,
  from: EntitySpec,
  other: string,
  to: EntitySpec,
  map: RobotMap,
  remarks: string[],
): EntityPair {
  requireSameBase(name, from, other, to);
  const rules = { entity: name, prefix: map.prefix[name] ?? '' };
  const joints = pairNames(from.joint_names, to.joint_names, { ...rules, table: map.rename.joints });
  requireJoints(name, from, other, to, joints, map);
  requireSameTypes(name, from, other, to, joints);
  const bodiesBack = pairNames(from.body_names, to.body_names, { ...rules, table: map.rename.bodies });
  pairRoots(from, to, bodiesBack);
  const there = jointRowsThere(name, from, to, joints, map);
  remarks.push(...remarksOf(name, from, other, to, bodiesBack, there, map));
  const bodiesThere = new Int32Array(to.body_names.length).fill(-1);
  bodiesBack.forEach((row, i) => {
    if (row >= 0) bodiesThere[row] = i;
  });
  const sameRoot = isSameRoot(name, from, other, to, bodiesBack);
  if (!sameRoot)
    remarks.push(`the base of '${name}' stays where the model has it: it hangs on '${to.root_body}' there`);
  return {
    from: name,
    to: other,
    fromSpec: from,
    toSpec: to,
    there,
    back: jointRowsBack(there, from, to),
    bodiesThere,
    bodiesBack,
    sameRoot,
  };
}

/** A thing that flies on one side may be carried along as a mocap body on the other; a robot may not. */
function requireSameBase(name: string, from: EntitySpec, other: string, to: EntitySpec): void {
  if (from.kind !== 'articulation' || from.fixed_base === to.fixed_base) return;
  const [a, b] = from.fixed_base ? ['fixed', 'floating'] : ['floating', 'fixed'];
  throw new FarsimError('BASE_DIFFERS', `'${name}' has a ${a} base and the model's '${other}' a ${b} one`, {
    suggestions: [
      from.fixed_base
        ? 'take the free joint out of the model'
        : "add a <freejoint/> to the model's root body",
    ],
  });
}

function requireJoints(
  name: string,
  from: EntitySpec,
  other: string,
  to: EntitySpec,
  matches: Int32Array,
  map: RobotMap,
): void {
  const twice = matches.find((row, i) => row >= 0 && matches.indexOf(row) !== i);
  if (twice !== undefined) {
    const both = from.joint_names.filter((_, i) => matches[i] === twice).map((joint) => `'${joint}'`);
    throw new FarsimError(
      'MAP_INVALID',
      `${both.join(' and ')} of '${name}' are both mapped to '${to.joint_names[twice]}' of '${other}'`,
    );
  }
  const lost = from.joint_names.filter((joint, i) => matches[i]! < 0 && !isIgnored(map, name, joint));
  if (lost.length === 0) return;
  const known = to.joint_names;
  throw new FarsimError(
    'MAP_INVALID',
    `${lost.map((joint) => `'${joint}'`).join(', ')} of '${name}' (${from.joint_names.length} joints: ${from.joint_names.join(', ')}) ` +
      `is no joint of the model's '${other}' (${known.length} joints: ${known.join(', ')})`,
    {
      suggestions: [
        ...lost.flatMap((joint) => didYouMean(joint, known)),
        'pair them in a map file under `rename: { joints: … }`: `farsim map draft FROM TO -o map.yaml` writes one',
      ],
    },
  );
}

function isIgnored({ ignore }: RobotMap, entity: string, joint: string): boolean {
  return ignore.joints.includes(joint) || ignore.joints.includes(`${entity}/${joint}`);
}

function requireSameTypes(
  name: string,
  from: EntitySpec,
  other: string,
  to: EntitySpec,
  matches: Int32Array,
): void {
  matches.forEach((row, i) => {
    if (row < 0) return;
    const [a, b] = [from.joint_types[i], to.joint_types[row]];
    const [joint, twin] = [`'${from.joint_names[i]}' of '${name}'`, `'${to.joint_names[row]}' of '${other}'`];
    if (a === 'ball' || b === 'ball')
      throw new FarsimError('UNSUPPORTED', `${joint} is a ball joint, which states cannot hold yet`, {
        suggestions: ['write it as three hinges'],
      });
    if (a !== undefined && b !== undefined && a !== b)
      throw new FarsimError(
        'MAP_INVALID',
        `${joint} is a ${a} and ${twin} a ${b}: they are not the same joint`,
      );
  });
}

/** A fixed base may hang on something else on the other side. What floats is put by its root, which must be the same body. */
function isSameRoot(
  name: string,
  from: EntitySpec,
  other: string,
  to: EntitySpec,
  matches: Int32Array,
): boolean {
  const root = matches[from.body_names.indexOf(from.root_body)] ?? -1;
  if (root < 0 || to.body_names[root] === to.root_body) return true;
  if (to.fixed_base && from.fixed_base) return false;
  throw new FarsimError(
    'MAP_INVALID',
    `the root of '${name}' is '${from.root_body}', which is not the root of the model's '${other}': that is '${to.root_body}'`,
    {
      suggestions: [
        `where these are one frame: rename: { bodies: { ${from.root_body}: ${to.root_body} } }`,
        `else put the free joint of the model at '${to.body_names[root]}'`,
      ],
    },
  );
}

/** Two roots are the same body whatever they are called, unless a name says otherwise. */
function pairRoots(from: EntitySpec, to: EntitySpec, matches: Int32Array): void {
  const [root, other] = [from.body_names.indexOf(from.root_body), to.body_names.indexOf(to.root_body)];
  if (root >= 0 && other >= 0 && matches[root] === -1 && !matches.includes(other)) matches[root] = other;
}

function remarksOf(
  name: string,
  from: EntitySpec,
  other: string,
  to: EntitySpec,
  bodies: Int32Array,
  there: EntityPair['there'],
  map: RobotMap,
): string[] {
  const ignored = (body: string): boolean =>
    map.ignore.bodies.includes(body) || map.ignore.bodies.includes(`${name}/${body}`);
  const lost = from.body_names.filter((body, i) => bodies[i]! < 0 && !ignored(body));
  const following = new Map(there.followers.map(({ row, leader }) => [row, leader]));
  return [
    ...(lost.length > 0 ? [`'${name}' has bodies that the model has not: ${lost.join(', ')}`] : []),
    ...to.joint_names.flatMap((joint, row) => {
      if (there.source[row]! >= 0 || lookUp(map.mimic, name, joint) !== undefined) return [];
      const leader = following.get(row);
      if (leader !== undefined)
        return [
          `the joint '${joint}' is in the model's '${other}' only and follows '${to.joint_names[leader]}'`,
        ];
      return isIgnored(map, name, joint)
        ? []
        : [`the joint '${joint}' is in the model's '${other}' only and rests where it is`];
    }),
  ];
}
