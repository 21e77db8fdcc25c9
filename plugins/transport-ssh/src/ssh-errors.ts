import { FarsimError, dialMeaning, isFarsimError, type SocketAddress } from '@farsim/core';
import type { LoginPlan } from './login/login-attempts.ts';
import { shellDestination } from './shell-destination.ts';
import type { SshSettings } from './config/ssh-settings.ts';

interface SshError extends NodeJS.ErrnoException {
  /** Where ssh2 was when it failed. */
  readonly level?: string;
  /** RFC 4254's reason of a refused channel. */
  readonly reason?: number;
}

/** What dialling the machine's port failed with. */
export function dialError(error: unknown, settings: SshSettings): FarsimError {
  const { name, hostName, port } = settings;
  if (isFarsimError(error)) return error;
  const where = name.includes(hostName) ? `${name} (port ${port})` : `${name} (${hostName}, port ${port})`;
  return new FarsimError('HOST_UNREACHABLE', `${where}: ${dialMeaning(error as SshError)}`, {
    suggestions: ['is the machine on, and the name and port right?', `ssh ${shellDestination(settings)}`],
    cause: error,
  });
}

/** What a connection failed with between the open port and the login. */
export function loginError(
  error: SshError,
  settings: SshSettings,
  plan: LoginPlan,
  tried: readonly string[],
  offered: readonly string[],
): FarsimError {
  if (isFarsimError(error)) return error;
  const { name, user } = settings;
  const refused =
    error.level === 'client-authentication' || /too many authentication failures/i.test(error.message);
  if (!refused) {
    const message =
      error.level === 'client-timeout'
        ? `the port is open, and no answer came within ${settings.connectTimeoutMs / 1000} s`
        : `the port is open, and the connection failed before the login: ${error.message}`;
    return new FarsimError('HOST_UNREACHABLE', `${name}: ${message}`, {
      suggestions: [
        `is it an ssh server that listens on port ${settings.port}, and is its machine awake?`,
        `ssh -v ${shellDestination(settings)}`,
      ],
      cause: error,
    });
  }
  const keys = tried.filter((label) => label !== '');
  const attempts = keys.length === 0 ? 'there was no key to try' : `tried ${keys.join(', ')}`;
  const asks = offered.length > 0 ? `; the machine takes ${offered.join(', ')}` : '';
  const obstacles = plan.obstacles();
  const hindered = obstacles.map(({ what }) => `; ${what}`).join('');
  const secondFactor = offered.some((method) => /^(keyboard-interactive|password|gssapi)/.test(method));
  return new FarsimError(
    'LOGIN_REFUSED',
    `${name} refused the login of ${user}: ${attempts}${hindered}${asks}`,
    {
      suggestions: [
        ...obstacles.map(({ wayOut }) => wayOut),
        ...(secondFactor ? ['`client: openssh` asks for what this machine wants beside a key'] : []),
        `ssh-copy-id ${shellDestination(settings)}`,
        `ssh -v ${shellDestination(settings)}`,
      ],
      details: { tried: keys, offered },
      cause: error,
    },
  );
}

/** What a jump host answered when it was to pass a connection on. */
export function hopError(
  error: SshError,
  hop: string,
  { name, hostName, port }: Pick<SshSettings, 'name' | 'hostName' | 'port'>,
): FarsimError {
  const forbidden = error.reason === 1;
  return new FarsimError(
    'HOST_UNREACHABLE',
    forbidden
      ? `${hop} does not pass connections on to ${name} (${error.message})`
      : `${name} (${hostName}, port ${port}) cannot be reached from ${hop}: ${error.message}`,
    {
      suggestions: forbidden
        ? [`AllowTcpForwarding and PermitOpen in the sshd_config of ${hop}`]
        : [`does ${hop} know the name, and is ${name} on?`],
      cause: error,
    },
  );
}

/** What opening a forward through a connection failed with. */
export function forwardError(error: SshError, where: SocketAddress, name: string): FarsimError {
  if (isFarsimError(error)) return error;
  if (error.reason === 1) {
    return new FarsimError('UNSUPPORTED', `${name} does not allow forwards (${error.message})`, {
      suggestions: ['AllowTcpForwarding and AllowStreamLocalForwarding in its sshd_config'],
      cause: error,
    });
  }
  const address = where.kind === 'unix' ? where.path : `${where.host}, port ${where.port}`;
  return new FarsimError('HOST_UNREACHABLE', `${address} on ${name}: ${error.message}`, { cause: error });
}

/** What ssh2 threw before it sent a request: the connection was ending, or the server cannot do such a thing. */
export function neverAsked(error: Error, name: string): FarsimError {
  if (/strictVendor/.test(error.message)) {
    return new FarsimError(
      'UNSUPPORTED',
      `${name} runs no OpenSSH server, so its unix sockets cannot be forwarded`,
      { cause: error },
    );
  }
  return new FarsimError('LINK_LOST', `the ssh connection to ${name} was ending: ${error.message}`, {
    details: { asked: false },
    cause: error,
  });
}

/** True when what was asked for was certainly not done, so that another connection may be asked. */
export function mayAskAnother(error: unknown): boolean {
  if (isFarsimError(error)) return error.details.asked === false;
  return typeof (error as SshError).reason === 'number' || /unable to exec/i.test((error as Error).message);
}

export function lostConnection(name: string, cause: unknown): FarsimError {
  const why = cause instanceof Error ? `: ${cause.message}` : '';
  return new FarsimError('LINK_LOST', `the ssh connection to ${name} was lost${why}`, { cause });
}
