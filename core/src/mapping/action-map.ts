import { FarsimError } from '../model/errors.ts';
import type { ActionTerm, Space } from '../model/world-spec.ts';
import type { BoundMap, EntityPair } from './bound-map.ts';
import { commandsOf, type Command } from './action-commands.ts';

/** Turns the numbers of one action space into another's: each number there is a constant and a few numbers from here. */
export interface ActionMap {
  /** Numbers of one env's action here and there. */
  readonly width: number;
  readonly widthThere: number;
  /** Of each number there. */
  readonly outputs: readonly ActionOutput[];
  /** What is not passed on, one sentence each. */
  readonly remarks: readonly string[];
}

/** number there = constant + Σ inputs; with a threshold: 1 from there on, else −1. */
export interface ActionOutput {
  readonly constant: number;
  readonly inputs: readonly Command[];
  readonly threshold?: number;
}

export interface ActionSides {
  readonly from: Space;
  readonly to: Space;
  /** Given where the space itself does not tell. */
  readonly fromTerms?: readonly ActionTerm[] | undefined;
  readonly toTerms?: readonly ActionTerm[] | undefined;
  /** By term of `to`, the number that it keeps whatever is commanded. */
  readonly hold?: Readonly<Record<string, number>>;
}

/**
 * Works out how actions of `from` become actions of `to` that command the same joint targets: scales and offsets are undone,
 * joints found by the map, binary grippers and tendons turned into one another. Throws MAP_INVALID for a number there
 * that nothing here commands, UNSUPPORTED for terms that are no function of the numbers alone.
 */
export function bindActions(map: BoundMap, sides: ActionSides): ActionMap {
  const commands = commandsOf(termsOf(sides.from, sides.fromTerms, 'states come from'), map.pairs);
  const outputs: ActionOutput[] = [];
  const used = new Set<string>();
  for (const term of termsOf(sides.to, sides.toTerms, 'actions are put into')) {
    const held = sides.hold?.[term.name];
    for (let k = term.from; k < term.to; k++)
      outputs[k] =
        held !== undefined
          ? { constant: held, inputs: [] }
          : outputOf(term, k - term.from, map.pairs, commands, used);
  }
  const widthThere = sides.to.shape[0] ?? 0;
  for (let k = 0; k < widthThere; k++) {
    if (!outputs[k])
      throw new FarsimError('MAP_INVALID', `number ${k} of the action has no term that says what it is`);
  }
  const unused = [...commands.keys()]
    .filter((key) => !used.has(key))
    .map((key) => key.slice(key.indexOf(' ') + 1));
  return {
    width: sides.from.shape[0] ?? 0,
    widthThere,
    outputs,
    remarks: unused.length > 0 ? [`nothing there is commanded by ${unused.join(', ')}`] : [],
  };
}

/** Turns `[n, width]` numbers into `[n, widthThere]`. */
export function mapActions(map: ActionMap, numbers: ArrayLike<number>): Float64Array {
  const { width, widthThere, outputs } = map;
  const rows = numbers.length / width;
  const mapped = new Float64Array(rows * widthThere);
  for (let row = 0; row < rows; row++) {
    for (let k = 0; k < widthThere; k++) {
      const { constant, inputs, threshold } = outputs[k]!;
      let sum = constant;
      for (const input of inputs) {
        const number = numbers[row * width + input.index]!;
        sum += input.kind === 'linear' ? input.gain * number : number >= 0 ? input.open : input.close;
      }
      mapped[row * widthThere + k] = threshold === undefined ? sum : sum >= threshold ? 1 : -1;
    }
  }
  return mapped;
}

function termsOf(space: Space, said: readonly ActionTerm[] | undefined, side: string): readonly ActionTerm[] {
  const terms = said ?? space.terms;
  if (space.shape.length !== 1 || !terms || terms.length === 0)
    throw new FarsimError(
      'UNSUPPORTED',
      `the side that ${side} does not say what the numbers of its action are`,
      {
        suggestions: ['write its terms into a map file, under `actions: { from: […], to: […] }`'],
      },
    );
  return terms;
}

type Commands = ReadonlyMap<string, { readonly constant: number; readonly inputs: readonly Command[] }>;

function outputOf(
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
  const found = joints.map((joint) => {
    const key = `${kind} ${ownerOf(term, joint, pairs)}/${joint}`;
    const command = commands.get(key);
    if (!command) throw missing(term, joint, commands);
    used.add(key);
    return command;
  });
  if (term.kind === 'binary') return binaryOutput(term, found);
  const weights = term.kind === 'tendon' ? joints.map((_, i) => term.weights?.[i] ?? 1) : [1];
  const [scale, offset] = [numberAt(term.scale, place, 1), numberAt(term.offset, place, 0)];
  return {
    constant: (found.reduce((sum, { constant }, i) => sum + weights[i]! * constant, 0) - offset) / scale,
    inputs: merged(
      found.flatMap(({ inputs }, i) => inputs.map((input) => times(input, weights[i]! / scale))),
    ),
  };
}

/** Open from halfway on, along the way from closed to open: joints may move against each other. */
function binaryOutput(
  { name, open, close }: ActionTerm,
  found: readonly { constant: number; inputs: readonly Command[] }[],
): ActionOutput {
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
