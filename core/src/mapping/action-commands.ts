import { FarsimError } from '../model/errors.ts';
import type { ActionTerm } from '../model/world-spec.ts';
import type { EntityPair } from './bound-map.ts';

/** What one number of an action adds to a command: gain × number, held `between` first, or one of two values by its sign. */
export type Command =
  | {
      readonly kind: 'linear';
      readonly index: number;
      readonly gain: number;
      readonly between?: readonly [number, number];
    }
  | { readonly kind: 'binary'; readonly index: number; readonly open: number; readonly close: number };

export interface JointCommand {
  readonly constant: number;
  readonly inputs: readonly Command[];
}

/** What the terms of `from` command, in units of `to`, by `kind entity/joint` of `to`. Throws UNSUPPORTED for terms that depend on more than their numbers. */
export function commandsOf(
  terms: readonly ActionTerm[],
  pairs: readonly EntityPair[],
): ReadonlyMap<string, JointCommand> {
  const commands = new Map<string, JointCommand>();
  for (const term of terms) {
    if (term.kind === 'other' || term.class !== undefined || !term.joints) {
      throw new FarsimError(
        'UNSUPPORTED',
        `'${term.name}' is ${term.class ?? 'no command of joints'}: what it does depends on more than its numbers`,
        {
          suggestions: [
            'say what it is in a map file, under `actions: { from: […] }`, if it is a plain command',
          ],
        },
      );
    }
    for (const [i, joint] of term.joints.entries()) {
      for (const [key, command] of throughPairs(term, i, joint, pairs)) commands.set(key, command);
    }
  }
  return commands;
}

function* throughPairs(
  term: ActionTerm,
  i: number,
  joint: string,
  pairs: readonly EntityPair[],
): Generator<[string, JointCommand]> {
  for (const { from, to, fromSpec, toSpec, there } of pairs) {
    const source = fromSpec.joint_names.indexOf(joint);
    const row = there.source.indexOf(source);
    if (source < 0 || row < 0 || (term.entity !== undefined && term.entity !== from)) continue;
    const kind = term.kind === 'binary' || term.kind === 'tendon' ? 'joint_position' : term.kind;
    yield [
      `${kind} ${to}/${toSpec.joint_names[row]}`,
      inUnitsThere(commandOf(term, i), term.kind, there.gain[row]!, there.shift[row]!),
    ];
    // what follows that joint is commanded with it, as far as it follows in a straight line
    if (kind !== 'joint_position') continue;
    for (const {
      row: behind,
      leader,
      leaderRest,
      shift,
      coefficients: [c0 = 0, c1 = 0, ...bends],
    } of there.followers) {
      if (leader !== row || bends.some((bend) => bend !== 0)) continue;
      const lead = inUnitsThere(commandOf(term, i), term.kind, there.gain[row]!, there.shift[row]!);
      yield [`${kind} ${to}/${toSpec.joint_names[behind]}`, scaled(lead, c1, shift + c0 - c1 * leaderRest)];
    }
  }
}

/** A force works on what the gain stretches: it changes the other way round. */
function inUnitsThere(
  command: JointCommand,
  kind: ActionTerm['kind'],
  gain: number,
  shift: number,
): JointCommand {
  if (kind === 'joint_effort') return scaled(command, 1 / gain, 0);
  return scaled(command, gain, kind === 'joint_velocity' ? 0 : shift);
}

function scaled({ constant, inputs }: JointCommand, gain: number, shift: number): JointCommand {
  return {
    constant: gain * constant + shift,
    inputs: inputs.map((input) =>
      input.kind === 'linear'
        ? { ...input, gain: gain * input.gain }
        : { ...input, open: gain * input.open, close: gain * input.close },
    ),
  };
}

function commandOf(term: ActionTerm, i: number): JointCommand {
  if (term.kind === 'binary') {
    const [open, close] = [term.open?.[i], term.close?.[i]];
    if (open === undefined || close === undefined)
      throw new FarsimError(
        'UNSUPPORTED',
        `'${term.name}' is binary and does not say where its joints are when open and closed`,
      );
    return { constant: 0, inputs: [{ kind: 'binary', index: term.from, open, close }] };
  }
  const at = (values: number | readonly number[] | undefined, otherwise: number): number =>
    typeof values === 'number' ? values : (values?.[term.kind === 'tendon' ? 0 : i] ?? otherwise);
  const [scale, offset] = [at(term.scale, 1), at(term.offset, 0)];
  const ends = term.clip?.[term.kind === 'tendon' ? 0 : i];
  const between = numbersBetween(ends, scale, offset);
  const constant = ends && scale === 0 ? Math.min(Math.max(offset, ends[0]), ends[1]) : offset;
  // a tendon over several joints takes them along alike
  const [index, share] =
    term.kind === 'tendon'
      ? [term.from, term.joints!.reduce((total, _, k) => total + (term.weights?.[k] ?? 1), 0)]
      : [term.from + i, 1];
  return {
    constant: constant / share,
    inputs: [{ kind: 'linear', index, gain: scale / share, ...(between && { between }) }],
  };
}

/** Where a number is that commands between the two ends. */
function numbersBetween(
  ends: readonly [number, number] | null | undefined,
  scale: number,
  offset: number,
): readonly [number, number] | undefined {
  if (!ends || scale === 0) return undefined;
  const [low, high] = ends.map((end) => (end - offset) / scale) as [number, number];
  return low <= high ? [low, high] : [high, low];
}
