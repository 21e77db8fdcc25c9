import net from 'node:net';
import { FarsimError } from '@farsim/core';

const againMs = 1_000;

/**
 * Connects to a port. One attempt whose packets are lost waits longer and longer, so a new one starts each second beside
 * the others and the first that connects wins: a network that comes back is used within about a second. Rejects with
 * the system's error, ETIMEDOUT after `timeoutMs`, or INTERRUPTED.
 */
export function dialTcp(
  host: string,
  port: number,
  timeoutMs: number,
  signal?: AbortSignal,
): Promise<net.Socket> {
  const { promise, resolve, reject } = Promise.withResolvers<net.Socket>();
  const attempts = new Set<net.Socket>();
  const attempt = (): void => {
    const socket = net.connect({ host, port, noDelay: true });
    attempts.add(socket);
    socket.once('connect', () => {
      attempts.delete(socket);
      socket.removeAllListeners('error');
      resolve(socket);
    });
    socket.on('error', (error) => {
      attempts.delete(socket);
      if (attempts.size === 0) reject(error);
    });
  };
  const stop = (): void => reject(new FarsimError('INTERRUPTED', `stopped while dialling ${host}`));
  const again = setInterval(attempt, againMs);
  const timer = setTimeout(() => {
    reject(Object.assign(new Error(`no answer within ${timeoutMs / 1000} s`), { code: 'ETIMEDOUT' }));
  }, timeoutMs);
  signal?.addEventListener('abort', stop);
  if (signal?.aborted) stop();
  else attempt();
  return promise.finally(() => {
    clearInterval(again);
    clearTimeout(timer);
    signal?.removeEventListener('abort', stop);
    for (const socket of attempts) socket.destroy();
  });
}
