import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import net from 'node:net';

/** Below those that the system gives to whoever asks for any: it takes none of them meanwhile. */
const range = [20_000, 32_000] as const;
const given = new Set<number>();

/** A port of loopback on which nothing listens, and which no other test is given. */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = randomInt(...range);
    if (given.has(port)) continue;
    given.add(port);
    const server = net.createServer().listen(port, '127.0.0.1');
    const taken = new Promise((resolve) => server.once('error', resolve));
    if ((await Promise.race([once(server, 'listening'), taken])) instanceof Error) continue;
    server.close();
    await once(server, 'close');
    return port;
  }
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
