import { FarsimError, isFarsimError, uploadFailed } from '@farsim/core';

const dialMeanings: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such socket',
  ECONNREFUSED: 'nothing listens there',
  EACCES: 'this user may not use it',
  EPERM: 'this user may not use it',
  ENOTSOCK: 'it is not a socket',
  EAGAIN: 'its queue of connections is full',
  ENOTFOUND: 'there is no such host',
};

/** What dialling a socket of this machine failed with, as HOST_UNREACHABLE. */
export function dialError(error: NodeJS.ErrnoException, address: string): FarsimError {
  if (isFarsimError(error)) return error;
  const untrusted = /certificate|altnames|SSL|TLS/i.test(error.message);
  return new FarsimError(
    'HOST_UNREACHABLE',
    `${address}: ${dialMeanings[error.code ?? ''] ?? error.message}`,
    {
      cause: error,
      ...(untrusted && {
        suggestions: ['`tls: { ca: FILE }` with the authority that signed its certificate, for that host'],
      }),
    },
  );
}

export function listenError(error: NodeJS.ErrnoException, address: string): FarsimError {
  if (isFarsimError(error)) return error;
  const meaning = error.code === 'EADDRINUSE' ? 'something listens there already' : error.message;
  return new FarsimError('BAD_ARGUMENT', `cannot listen on ${address}: ${meaning}`, { cause: error });
}

export function uploadError(error: unknown, path: string): FarsimError {
  if (isFarsimError(error)) return error;
  return uploadFailed(`${path}: ${(error as Error).message}`, error);
}
