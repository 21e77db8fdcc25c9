import { FarsimError, type ErrorCode } from '@farsim/core/worker';

/** Calls the engine; what it throws becomes a FarsimError of `code` whose message is `what` and the engine's own words. */
export function engineCall<Result>(code: ErrorCode, what: string, call: () => Result): Result {
  try {
    return call();
  } catch (error) {
    throw new FarsimError(code, `${what}: ${engineWords(error)}`, { cause: error });
  }
}

function engineWords(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return message
    .replace(/^(MuJoCo Error|Loading error|XML Error|Error): /g, '')
    .trim()
    .replace(/\s*\n\s*/g, ', ');
}
