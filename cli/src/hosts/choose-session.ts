import { FarsimError, didYouMean, type FarHost } from '@farsim/core';

const whole = /^[0-9a-f]{12}$/;
const listedSessions = 8;

/** What can be meant by the beginning of its id or by its name. */
export interface NamedSession {
  readonly session: string;
  readonly name: string;
}

/** The session that `wanted` means: its whole id (whatever became of it), the beginning of one, or a simulator's name; among those that run, or where none is meant, among `others`. Throws BAD_ARGUMENT when that is none or several. */
export async function chooseSession(
  far: FarHost,
  wanted: string,
  signal: AbortSignal,
  others: () => Promise<readonly NamedSession[]> = async () => [],
): Promise<string> {
  if (whole.test(wanted)) return wanted;
  // an unset variable of a shell names nothing
  const isMeant = ({ session, name }: NamedSession): boolean =>
    wanted !== '' && (session.startsWith(wanted) || name === wanted);
  const running = await far.sessions(signal);
  const sessions = running.some(isMeant) ? running : [...running, ...(await others())];
  const meant = sessions.filter(isMeant);
  if (meant.length === 1) return meant[0]!.session;
  const what = meant.length === 0 ? 'no session' : `${meant.length} sessions`;
  const among = meant.length === 0 ? sessions : meant;
  const listed = among
    .slice(0, listedSessions)
    .map(({ session, name }) => (name === '' ? session : `${session} (${name})`))
    .join(', ');
  const more = among.length > listedSessions ? ', …' : '';
  throw new FarsimError(
    'BAD_ARGUMENT',
    `'${wanted}' names ${what} on ${far.host.name}: ${listed ? `${listed}${more}` : 'none runs'}`,
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
