import { FarsimError } from '../../model/errors.ts';

/** Gives back a session's token, trimmed, when it is one. Throws CONFIG_INVALID with the way to make one; `what` names it in the message. */
export function requireToken(token: string, what: string): string {
  const trimmed = token.trim();
  if (/^[0-9a-f]{64}$/.test(trimmed)) return trimmed;
  throw new FarsimError('CONFIG_INVALID', `${what} must be 64 hexadecimal digits, in lower case`, {
    suggestions: ['openssl rand -hex 32 > plant.token'],
  });
}
