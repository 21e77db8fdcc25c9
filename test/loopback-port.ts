import { once } from 'node:events';
import net from 'node:net';

/** A port of loopback on which nothing listens. */
export async function freePort(): Promise<number> {
  const server = net.createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as net.AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

/** True when a server there greets its clients with these words. */
export function greetsWith(port: number, words: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = net.connect(port, '127.0.0.1');
    const done = (answer: boolean): void => {
      socket.destroy();
      resolve(answer);
    };
    socket.once('data', (greeting: Buffer) => done(greeting.toString().startsWith(words)));
    socket.once('error', () => done(false));
  });
}
