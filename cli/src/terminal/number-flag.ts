import { FarsimError } from '@farsim/core';
import { Flags } from '@oclif/core';

/** Which numbers a flag takes. */
export interface NumberRange {
  readonly whole?: boolean;
  readonly min?: number;
  readonly max?: number;
  /** The least that is not taken. */
  readonly above?: number;
}

/** Makes a flag that takes a number of a range; parsing another throws USAGE. */
export const numberFlag = (range: NumberRange) =>
  Flags.custom<number>({ helpValue: 'NUMBER', parse: parserOf(range) });

function parserOf({ whole = false, min, max, above }: NumberRange) {
  return async (text: string, _: unknown, { name }: { readonly name: string }): Promise<number> => {
    const value = text.trim() === '' ? NaN : Number(text);
    const inside =
      (whole ? Number.isSafeInteger(value) : Number.isFinite(value)) &&
      value >= (min ?? -Infinity) &&
      value <= (max ?? Infinity) &&
      value > (above ?? -Infinity);
    if (inside) return value;
    throw new FarsimError('USAGE', `--${name}: '${text}' is not ${rangeText({ whole, min, max, above })}`);
  };
}

type RangeParts = { readonly [Key in keyof NumberRange]: NumberRange[Key] | undefined };

function rangeText({ whole, min, max, above }: RangeParts): string {
  const what = whole ? 'a whole number' : 'a number';
  if (above !== undefined) return `${what} above ${above}`;
  if (min !== undefined && max !== undefined) return `${what} from ${min} to ${max}`;
  return min === undefined ? what : `${what}, ${min} or more`;
}
