import { errorCodes, type ErrorCode } from './error-codes.ts';

/** Where an error from the far side came from. */
export interface FarsimErrorDetails {
  /** The exception's class and stack on the far side. */
  readonly type?: string;
  readonly traceback?: string;
  /** The last lines of the simulator's log. */
  readonly log?: readonly string[];
  readonly [name: string]: unknown;
}

const brand = Symbol.for('farsim/error');

/**
 * The only error that farsim throws: a closed set of codes, a sentence that names the thing and the numbers, and the
 * ways out. Recognise it by `code` or {@link isFarsimError}, never by `instanceof`: two copies of this package may meet.
 */
export class FarsimError extends Error {
  readonly code: ErrorCode;
  readonly suggestions: readonly string[];
  readonly details: FarsimErrorDetails;

  constructor(
    code: ErrorCode,
    message: string,
    options: { suggestions?: readonly string[]; details?: FarsimErrorDetails; cause?: unknown } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'FarsimError';
    this.code = code;
    this.suggestions = options.suggestions ?? [];
    this.details = options.details ?? {};
    Object.defineProperty(this, brand, { value: true });
  }

  /** The process exit status that belongs to the code. */
  get exitCode(): number {
    return errorCodes[this.code].exit;
  }
}

/** True for a FarsimError of any copy of this package. */
export function isFarsimError(error: unknown): error is FarsimError {
  return typeof error === 'object' && error !== null && brand in error;
}

/** Returns a FarsimError as it is and wraps anything else in `INTERNAL`. */
export function toFarsimError(error: unknown): FarsimError {
  if (isFarsimError(error)) return error;
  const message = error instanceof Error ? error.message : String(error);
  return new FarsimError('INTERNAL', message, { cause: error });
}

/** The name in `known` that is nearest to `given`, when it is near enough to be a slip of the hand. */
export function nearestName(given: string, known: Iterable<string>): string | undefined {
  let best: string | undefined;
  let bestDistance = Math.max(1, Math.floor(given.length / 3)) + 1;
  for (const name of known) {
    const [a, b] = [given.toLowerCase(), name.toLowerCase()];
    const distance = areExchanged(a, b) ? 1 : editDistance(a, b);
    if (distance < bestDistance) [best, bestDistance] = [name, distance];
  }
  return best;
}

/** "did you mean 'x'?" as a list of suggestions, empty when nothing is near. */
export function didYouMean(given: string, known: Iterable<string>): string[] {
  const name = nearestName(given, known);
  return name === undefined ? [] : [`did you mean '${name}'?`];
}

/** True for the same letters with two neighbours exchanged. */
function areExchanged(a: string, b: string): boolean {
  const at = [...a].findIndex((letter, i) => letter !== b[i]);
  return at >= 0 && a.slice(0, at) + (a[at + 1] ?? '') + a[at] + a.slice(at + 2) === b;
}

function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const substitution = row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(substitution, row[j]! + 1, next[j - 1]! + 1));
    }
    row = next;
  }
  return row[b.length]!;
}
