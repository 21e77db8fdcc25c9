import { FarsimError, dialMeaning, isFarsimError } from '@farsim/core';
import { errors } from '@nats-io/transport-node';
import type { NatsSettings } from './nats-settings.ts';

const certificateFault = /CERT|ISSUER|SIGNATURE|SSL|TLS/;
const ownCertificate = '`tls: { cert: FILE, key: FILE }` where the server asks for a certificate of yours';

/** What connecting to the servers failed with: LOGIN_REFUSED, UNSUPPORTED or HOST_UNREACHABLE. */
export function connectError(
  error: unknown,
  { servers, connectTimeoutMs, connection: { tls } }: NatsSettings,
): FarsimError {
  if (isFarsimError(error)) return error;
  const cause = (error as Error | undefined)?.cause ?? error;
  const { code = '', message = 'it closed the connection' } = (cause ?? {}) as Partial<NodeJS.ErrnoException>;
  if (isLoginError(error)) {
    return new FarsimError('LOGIN_REFUSED', `the NATS server ${servers} refused the login: ${message}`, {
      suggestions: ['`user` and `password`, `token`, or the file that `creds` names'],
      cause: error,
    });
  }
  if (/does not support 'tls'/.test(message)) {
    return new FarsimError(
      'UNSUPPORTED',
      `the NATS server ${servers} offers no TLS, and \`tls\` asks for it`,
      {
        cause: error,
      },
    );
  }
  if (certificateFault.test(code)) {
    return new FarsimError('HOST_UNREACHABLE', `TLS with the NATS server ${servers} failed: ${message}`, {
      suggestions: ['`tls: { ca: FILE }` with the authority that signed its certificate', ownCertificate],
      cause: error,
    });
  }
  const why =
    error instanceof errors.TimeoutError
      ? `no answer came within ${connectTimeoutMs / 1000} s`
      : dialMeaning({ code, message });
  return new FarsimError('HOST_UNREACHABLE', `the NATS server ${servers}: ${why}`, {
    // TLS 1.3 tells a client without certificate nothing: the server is just silent
    suggestions: [
      'is the server running, and `servers` right?',
      ...(tls && !tls.cert ? [ownCertificate] : []),
    ],
    cause: error,
  });
}

/** True when the server knows no such login, or no longer. */
export function isLoginError(error: unknown): boolean {
  return error instanceof errors.AuthorizationError || error instanceof errors.UserAuthenticationExpiredError;
}

/** A subject that the server does not let this login use; undefined for any other error. */
export function forbiddenSubject(error: unknown): string | undefined {
  return error instanceof errors.PermissionViolationError ? error.subject : undefined;
}

export function forbiddenError(error: unknown, subject: string, servers: string): FarsimError {
  const verb = (error as { operation?: string }).operation === 'publish' ? 'publish to' : 'subscribe to';
  return new FarsimError(
    'LOGIN_REFUSED',
    `the NATS server ${servers} does not let this login ${verb} ${subject}`,
    {
      suggestions: [`allow it in the permissions of the user; docs/protocol.md lists all subjects`],
      cause: error,
    },
  );
}

export function nobodyListens(address: string, servers: string): FarsimError {
  return new FarsimError('HOST_UNREACHABLE', `nobody listens on ${address} at the NATS server ${servers}`, {
    suggestions: ['is the far side started, with the same name and `prefix`?'],
  });
}

export function lostServer(servers: string): FarsimError {
  return new FarsimError('HOST_UNREACHABLE', `the connection to the NATS server ${servers} is down`, {
    suggestions: ['it is dialled again by itself: try again'],
  });
}

/** A message that the client did not take: the server has begun to take smaller ones only, or the bus is closed. */
export function publishError(error: unknown, servers: string): FarsimError {
  return new FarsimError(
    'LINK_LOST',
    `a message to ${servers} could not be sent: ${(error as Error).message}`,
    {
      cause: error,
    },
  );
}
