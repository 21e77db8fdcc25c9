import net from 'node:net';
import { once } from 'node:events';

/** A relay to a TCP port on loopback that can break, freeze and refuse, as a network does. */
export interface BreakableLink extends AsyncDisposable {
  readonly port: number;
  /** Ends every connection at once. */
  cut(): void;
  /** Nothing passes in either direction, and nobody is told; new connections get no answer either. */
  freeze(): void;
  thaw(): void;
}

export async function openBreakableLink(to: number): Promise<BreakableLink> {
  const pairs = new Set<readonly [net.Socket, net.Socket]>();
  const waiting: net.Socket[] = [];
  let frozen = false;
  const join = (near: net.Socket): void => {
    const far = net.connect({ host: '127.0.0.1', port: to, noDelay: true });
    const pair = [near, far] as const;
    pairs.add(pair);
    near.setNoDelay(true);
    carry(near, far);
    carry(far, near);
    const end = (): void => {
      pairs.delete(pair);
      for (const socket of pair) socket.destroy();
    };
    for (const socket of pair) socket.on('error', end).on('close', end);
  };
  const server = net.createServer({ pauseOnConnect: true }, (socket) => {
    if (frozen) waiting.push(socket.on('error', () => socket.destroy()));
    else join(socket);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as net.AddressInfo).port,
    cut() {
      for (const pair of pairs) for (const socket of pair) socket.destroy();
    },
    freeze() {
      frozen = true;
      for (const pair of pairs) for (const socket of pair) socket.pause();
    },
    thaw() {
      frozen = false;
      for (const pair of pairs) for (const socket of pair) socket.resume();
      for (const socket of waiting.splice(0)) if (!socket.destroyed) join(socket);
    },
    async [Symbol.asyncDispose]() {
      for (const pair of pairs) for (const socket of pair) socket.destroy();
      for (const socket of waiting) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}

function carry(from: net.Socket, to: net.Socket): void {
  from.on('data', (chunk) => {
    if (to.write(chunk)) return;
    from.pause();
    to.once('drain', () => from.resume());
  });
  from.resume();
}
