import { FarsimError } from '../model/errors.ts';
import type { ActionTerm, Space } from '../model/world-spec.ts';
import type { BoundMap } from './bound-map.ts';
import { commandsOf, type Command } from './action-commands.ts';
import { outputOf, type ActionOutput } from './action-outputs.ts';

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
        sum += addedBy(input, numbers[row * width + input.index]!);
      }
      mapped[row * widthThere + k] = threshold === undefined ? sum : sum >= threshold ? 1 : -1;
    }
  }
  return mapped;
}

function addedBy(input: Command, number: number): number {
  if (input.kind === 'binary') return number >= 0 ? input.open : input.close;
  const [low, high] = input.between ?? [-Infinity, Infinity];
  return input.gain * Math.min(Math.max(number, low), high);
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
