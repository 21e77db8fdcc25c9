import { FarsimError } from '../model/errors.ts';
import type { ActionTerm } from '../model/world-spec.ts';
import type { Command, JointCommand } from './action-commands.ts';
import type { EntityPair } from './bound-map.ts';

/** number there = constant + Σ inputs; with a threshold: 1 from there on, else −1. */
export interface ActionOutput {
  readonly constant: number;
  readonly inputs: readonly Command[];
  readonly threshold?: number;
}

type Commands = ReadonlyMap<string, JointCommand>;

/** What one number of a term of `to` becomes; the commands that it takes are entered in `used`. */
export function outputOf(
  term: ActionTerm,
  place: number,
  pairs: readonly EntityPair[],
  commands: Commands,
  used: Set<string>,
): ActionOutput {
  const joints =
    term.kind === 'tendon' || term.kind === 'binary' ? (term.joints ?? []) : [term.joints?.[place] ?? ''];
  const kind = term.kind === 'tendon' || term.kind === 'binary' ? 'joint_position' : term.kind;
  if (kind === 'other' || term.class !== undefined || joints.length === 0)
    throw new FarsimError(
      'UNSUPPORTED',
      `'${term.name}' is ${term.class ?? 'no command of joints'}, which no number can be turned into`,
      {
        suggestions: ['say what it is in a map file, under `actions:`'],
      },
    );
  const [scale, offset] = [numberAt(term.scale, place, 1), numberAt(term.offset, place, 0)];
  // whatever the number, it commands the same
  if (scale === 0 && term.kind !== 'binary') return { constant: 0, inputs: [] };
  const found = joints.map((joint) => {
    const key = `${kind} ${ownerOf(term, joint, pairs)}/${joint}`;
    const command = commands.get(key);
    if (!command) throw missing(term, joint, commands);
    used.add(key);
    return command;
  });
  if (term.kind === 'binary') return binaryOutput(term, found);
  const weights = term.kind === 'tendon' ? joints.map((_, i) => term.weights?.[i] ?? 1) : [1];
  return {
    constant: (found.reduce((sum, { constant }, i) => sum + weights[i]! * constant, 0) - offset) / scale,
    inputs: merged(
      found.flatMap(({ inputs }, i) => inputs.map((input) => times(input, weights[i]! / scale))),
    ),
  };
}

/** Open from halfway on, along the way from closed to open: joints may move against each other. */
function binaryOutput({ name, open, close }: ActionTerm, found: readonly JointCommand[]): ActionOutput {
  if (!open || !close || open.length !== found.length || close.length !== found.length)
    throw new FarsimError(
      'UNSUPPORTED',
      `'${name}' is binary and does not say where its joints are when open and closed`,
    );
  const way = open.map((end, i) => end - close[i]!);
  if (way.every((length) => length === 0))
    throw new FarsimError('MAP_INVALID', `'${name}' has its joints at the same place when open and closed`);
  const along = (values: readonly number[]): number =>
    values.reduce((sum, value, i) => sum + way[i]! * value, 0);
  return {
    constant: along(found.map(({ constant }) => constant)),
    inputs: merged(found.flatMap(({ inputs }, i) => inputs.map((input) => times(input, way[i]!)))),
    threshold: (along(open) + along(close)) / 2,
  };
}

function ownerOf(term: ActionTerm, joint: string, pairs: readonly EntityPair[]): string {
  return term.entity ?? pairs.find(({ toSpec }) => toSpec.joint_names.includes(joint))?.to ?? '';
}

function missing(term: ActionTerm, joint: string, commands: Commands): FarsimError {
  const known = [...commands.keys()].map((key) => key.replace(' ', ' of '));
  return new FarsimError(
    'MAP_INVALID',
    `nothing commands '${joint}', which '${term.name}' needs as ${term.kind}; there are ${known.join(', ') || 'no commands'}`,
    { suggestions: [`keep it where it is in a map file: actions: { hold: { ${term.name}: NUMBER } }`] },
  );
}

/** Inputs of the same number added up. */
function merged(inputs: readonly Command[]): Command[] {
  const sums = new Map<string, Command>();
  for (const input of inputs) {
    const key = `${input.kind} ${input.index}`;
    const before = sums.get(key);
    if (before?.kind === 'linear' && input.kind === 'linear')
      sums.set(key, { ...input, gain: before.gain + input.gain });
    else if (before?.kind === 'binary' && input.kind === 'binary')
      sums.set(key, { ...input, open: before.open + input.open, close: before.close + input.close });
    else sums.set(key, input);
  }
  return [...sums.values()];
}

function times(input: Command, factor: number): Command {
  if (input.kind === 'linear') return { ...input, gain: input.gain * factor };
  return { ...input, open: input.open * factor, close: input.close * factor };
}

function numberAt(values: number | readonly number[] | undefined, place: number, otherwise: number): number {
  return typeof values === 'number' ? values : (values?.[place] ?? otherwise);
}
