import { FarsimError } from '@farsim/core';
import { quoteWord } from '../programs/quote-command.ts';
import { shellDestination } from '../shell-destination.ts';
import type { SshSettings } from '../config/ssh-settings.ts';

/** What an ssh program that could not log in said (with -v), as the error of its kind. */
export function opensshError(said: string, settings: SshSettings): FarsimError {
  const { name, hostName, port, user } = settings;
  const destination = shellDestination(settings);
  const lines = said.split(/\r?\n/).filter((line) => line !== '' && !isNoise(line));
  const last = lines.slice(-3).join('; ');
  const [, keyType = '', fingerprint = ''] =
    /^debug1: Server host key: (\S+) (SHA256:\S+)/m.exec(said.replaceAll('\r', '')) ?? [];
  const details = { fingerprint, keyType };
  const { configFile, knownHosts } = settings.asked;
  const files = [
    ...(configFile !== undefined ? ['-F', quoteWord(configFile)] : []),
    ...(knownHosts !== undefined ? ['-o', quoteWord(`UserKnownHostsFile="${knownHosts}"`)] : []),
  ];
  const byHand = ['ssh', ...files, '-o StrictHostKeyChecking=ask', destination, 'true'].join(' ');
  if (/IDENTIFICATION HAS CHANGED|is revoked|marked as revoked/i.test(said)) {
    const where = /Offending .*key in (.*:\d+)/.exec(said)?.[1] ?? 'known_hosts';
    const file = where.slice(0, where.lastIndexOf(':'));
    const known = port === 22 ? hostName : `[${hostName}]:${port}`;
    return new FarsimError(
      'HOST_KEY_CHANGED',
      /revoked/i.test(said)
        ? `${name} showed a host key that is marked as revoked: ${fingerprint}`
        : `${name} showed another ${keyType} host key than ${where} has: ${fingerprint}`,
      {
        suggestions: [
          'somebody may be listening in: ask the administrator whether the machine was set up anew',
          `then forget the old key: ssh-keygen -f ${file} -R '${known}'`,
        ],
        details,
      },
    );
  }
  if (/host key is known|Host key verification failed/i.test(said)) {
    return new FarsimError(
      'HOST_KEY_UNKNOWN',
      `${name} showed a ${keyType} host key ${fingerprint} that known_hosts does not have`,
      { suggestions: ['compare the fingerprint with the one that the administrator gives', byHand], details },
    );
  }
  if (/Permission denied|Too many authentication failures|No more authentication methods/i.test(said)) {
    return new FarsimError('LOGIN_REFUSED', `${name} refused the login of ${user}: ${last}`, {
      suggestions: [`ssh-copy-id ${destination}`, `ssh -v ${destination}`],
    });
  }
  return new FarsimError('HOST_UNREACHABLE', `${name} (port ${port}): ${last || 'ssh gave up'}`, {
    suggestions: ['is the machine on, and the name and port right?', `ssh ${destination}`],
  });
}

/** Lines that ssh itself adds to what a program says. */
export function isNoise(line: string): boolean {
  return /^(debug\d: |OpenSSH_|mux_client_|ControlSocket |Authenticated to |Transferred: |Bytes per second: )/.test(
    line,
  );
}
