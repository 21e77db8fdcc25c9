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
  const waiting = new Map<net.Socket, Buffer[]>();
  let frozen = false;
  const join = (near: net.Socket, said: readonly Buffer[] = []): void => {
    const far = net.connect({ host: '127.0.0.1', port: to, noDelay: true });
    const pair = [near, far] as const;
    pairs.add(pair);
    near.setNoDelay(true);
    for (const chunk of said) far.write(chunk);
    carry(near, far);
    carry(far, near);
    const end = (): void => {
      pairs.delete(pair);
      for (const socket of pair) socket.destroy();
    };
    for (const socket of pair) socket.on('error', end).on('close', end);
  };
  /** What it says arrives later; who gives up meanwhile is gone. */
  const hold = (socket: net.Socket): void => {
    const said: Buffer[] = [];
    waiting.set(socket, said);
    socket.on('data', (chunk: Buffer) => said.push(chunk));
    for (const end of ['end', 'error', 'close'] as const) {
      socket.on(end, () => {
        if (waiting.delete(socket)) socket.destroy();
      });
    }
    socket.resume();
  };
  const server = net.createServer({ pauseOnConnect: true }, (socket) => {
    if (frozen) hold(socket);
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
      for (const [socket, said] of waiting) {
        waiting.delete(socket);
        socket.removeAllListeners('data');
        join(socket, said);
      }
    },
    async [Symbol.asyncDispose]() {
      for (const pair of pairs) for (const socket of pair) socket.destroy();
      for (const socket of waiting.keys()) socket.destroy();
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
