import { type ErrorCode, errorCodes } from '../model/error-codes.ts';
import { FarsimError, type FarsimErrorDetails } from '../model/errors.ts';
import type { Failure } from '../model/messages.ts';

/** The error that a reply carried. */
export function errorFromFailure(failure: Failure): FarsimError {
  return new FarsimError(knownCode(failure.code), failure.message, {
    suggestions: failure.suggestions,
    details: parseDetails(failure.details),
  });
}

/** The error that a `crashed` event or the bridge's first line tells of. */
export function errorFromReport(report: {
  readonly code?: unknown;
  readonly message?: unknown;
  readonly suggestions?: unknown;
  readonly details?: unknown;
}): FarsimError {
  const { code, message, suggestions, details, ...rest } = report;
  return new FarsimError(knownCode(String(code)), String(message), {
    suggestions: Array.isArray(suggestions) ? suggestions.map(String) : [],
    details: { ...rest, ...(typeof details === 'object' ? details : {}) },
  });
}

function knownCode(code: string): ErrorCode {
  return Object.hasOwn(errorCodes, code) ? (code as ErrorCode) : 'SIMULATOR_FAILED';
}

/** Python's JSON may hold NaN, which is none; an error is told all the same. */
function parseDetails(json: string): FarsimErrorDetails {
  try {
    return json === '' ? {} : (JSON.parse(json) as FarsimErrorDetails);
  } catch {
    return { unreadable: json };
  }
}
