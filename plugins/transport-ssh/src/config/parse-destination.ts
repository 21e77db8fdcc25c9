import { FarsimError } from '@farsim/core';

export interface Destination {
  readonly host: string;
  readonly user?: string;
  readonly port?: number;
}

/**
 * Reads `host`, `user@host`, `ssh://user@host:port` or a jump host's `user@host:port`. Throws CONFIG_INVALID for
 * names that a program could take for an option or a shell for more than a word.
 */
export function parseDestination(destination: string): Destination {
  const [, user, six, plain, port] =
    /^(?:ssh:\/\/)?(?:(.*)@)?(?:\[([^\]]*)\]|([^:]*))(?::(\d+))?\/?$/s.exec(destination) ?? [];
  const bare = /^[0-9a-f]*:[0-9a-f:.]*$/i.test(destination) ? destination : undefined;
  const host = bare ?? six ?? plain;
  if (!host) throw refused('destination', destination);
  if (port !== undefined && !(Number(port) >= 1 && Number(port) <= 65_535)) throw refused('port', port);
  return {
    host: requireHost(host),
    ...(user !== undefined && !bare && { user: requireUser(user) }),
    ...(port !== undefined && !bare && { port: Number(port) }),
  };
}

export function requireHost(host: string): string {
  if (host.startsWith('-') || !/^[A-Za-z0-9._:%-]+$/.test(host)) throw refused('host', host);
  return host;
}

export function requireUser(user: string): string {
  if (user.startsWith('-') || !/^[A-Za-z0-9._@+\\-]+\$?$/.test(user)) throw refused('user', user);
  return user;
}

function refused(what: string, given: string): FarsimError {
  return new FarsimError('CONFIG_INVALID', `${JSON.stringify(given)} is no ${what} for ssh`, {
    suggestions: [
      "write 'me@gpu-box', or an alias of ~/.ssh/config made of letters, digits, '.', '_' and '-'",
    ],
  });
}
