import { FarsimError, isLoopback, type SocketAddress } from '@farsim/core';

/** Throws BAD_ARGUMENT for an address beyond this machine, unless that is wanted. */
export function requireReachable(where: SocketAddress, allowPublic: boolean): void {
  if (where.kind === 'unix' || allowPublic || isLoopback(where.host)) return;
  throw new FarsimError(
    'BAD_ARGUMENT',
    `tcp:${where.host}:${where.port} is not on this machine, and nothing encrypts that way`,
    {
      suggestions: [
        'use ssh to reach another machine',
        'listen on 127.0.0.1',
        '--i-know-this-is-public (public: true)',
      ],
    },
  );
}
