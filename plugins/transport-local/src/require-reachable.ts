import { FarsimError, isLoopback, type SocketAddress } from '@farsim/core';

export interface Reach {
  /** Allows addresses that other machines can reach. */
  readonly public: boolean;
  /** What goes there is encrypted. */
  readonly encrypted: boolean;
}

/** Throws BAD_ARGUMENT for an address beyond this machine, unless that is wanted and encrypted. */
export function requireReachable(where: SocketAddress, reach: Reach): void {
  if (where.kind === 'unix' || isLoopback(where.host)) return;
  if (reach.public && reach.encrypted) return;
  if (reach.public) {
    throw new FarsimError(
      'BAD_ARGUMENT',
      `tcp:${where.host}:${where.port} is not on this machine, and nothing encrypts the way there`,
      {
        suggestions: [
          'to listen: --tls-cert FILE --tls-key FILE (tls: { cert, key })',
          'to dial: `tls: { ca: FILE }`, or `tls: {}` where a known authority has signed',
          'use ssh to reach another machine',
        ],
      },
    );
  }
  throw new FarsimError('BAD_ARGUMENT', `tcp:${where.host}:${where.port} is not on this machine`, {
    suggestions: [
      'use ssh to reach another machine',
      'listen on 127.0.0.1',
      '--i-know-this-is-public (public: true), with `tls`',
    ],
  });
}
