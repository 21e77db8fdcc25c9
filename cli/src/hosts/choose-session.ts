import { FarsimError, didYouMean, type FarHost } from '@farsim/core';

const whole = /^[0-9a-f]{12}$/;

/** The session that `wanted` means: its whole id (also of one that is over), the beginning of one, or a simulator's name. Throws BAD_ARGUMENT when that is none or several. */
export async function chooseSession(far: FarHost, wanted: string, signal: AbortSignal): Promise<string> {
  if (whole.test(wanted)) return wanted;
  const sessions = await far.sessions(signal);
  const meant = sessions.filter(({ session, name }) => session.startsWith(wanted) || name === wanted);
  if (meant.length === 1) return meant[0]!.session;
  const among = meant.length === 0 ? sessions : meant;
  const listed = among
    .map(({ session, name }) => (name === '' ? session : `${session} (${name})`))
    .join(', ');
  const what = meant.length === 0 ? 'no session' : `${meant.length} sessions`;
  throw new FarsimError(
    'BAD_ARGUMENT',
    `'${wanted}' names ${what} on ${far.host.name}: ${listed || 'none runs'}`,
    {
      suggestions:
        meant.length > 0
          ? ['name it by the beginning of its id']
          : didYouMean(
              wanted,
              sessions.map(({ name }) => name),
            ),
    },
  );
}

/** Takes `[HOST] SESSION` apart; this machine when no host is named. */
export function splitHost(words: readonly string[]): { readonly host: string; readonly session: string } {
  const [first, second, ...more] = words;
  if (first === undefined || more.length > 0) {
    throw new FarsimError('USAGE', 'which session? `[HOST] SESSION`', {
      suggestions: ['`farsim host ps` lists them'],
    });
  }
  return second === undefined ? { host: 'local', session: first } : { host: first, session: second };
}
