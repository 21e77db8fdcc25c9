import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import net from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { measureLink, openFarHost, openStreamChannel, type FarHost, type LinkMeasure } from '@farsim/core';
import { openLocalTransport } from './open-far.ts';
import { freePort } from './loopback-port.ts';
import { startSshd } from './sshd/start-sshd.ts';

const transport = await openLocalTransport();
const far: FarHost = await openFarHost(transport.host!, { signal: new AbortController().signal });

test('a link to this machine is fast, does not stall, and has one clock at both ends', async () => {
  await using channel = await transport.connect!({ exec: far.command('echo') });
  const measure = await measureLink(channel);
  expect(measure.roundTrip.count).toBeGreaterThan(100);
  expect(measure.roundTrip.p50).toBeLessThan(0.01);
  expect(measure.stalls).toBe(false);
  expect(measure.down).toBeGreaterThan(10e6);
  expect(measure.up).toBeGreaterThan(10e6);
  expect(Math.abs(measure.clockOffset.seconds)).toBeLessThan(measure.clockOffset.within + 0.002);
});

test('a bare forward through sshd, on which replies of several segments wait 40 ms, is told as a stall', async () => {
  await using sshd = await startSshd();
  const children: ChildProcess[] = [];
  const server = net.createServer((socket) => {
    const [program, ...words] = far.command('echo') as [string, ...string[]];
    const child = spawn(program, words, { stdio: ['pipe', 'pipe', 'inherit'] });
    children.push(child);
    socket.pipe(child.stdin);
    child.stdout.pipe(socket);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as net.AddressInfo;
  const near = await freePort();
  const forward = `${near}:127.0.0.1:${port}`;
  const ssh = spawn('ssh', ['-F', sshd.configFile, '-N', '-L', forward, 'far'], { stdio: 'inherit' });
  try {
    expect(await measureOver(near)).toMatchObject({ stalls: true });
  } finally {
    for (const child of [ssh, ...children]) child.kill();
    server.close();
  }
});

async function measureOver(port: number): Promise<LinkMeasure> {
  for (let tries = 0; ; tries++) {
    const socket = net.connect({ port, host: '127.0.0.1', noDelay: true });
    const failed = once(socket, 'error').then(([error]) => error as Error);
    const connected = once(socket, 'connect').then(() => undefined);
    const error = await Promise.race([connected, failed]);
    if (!error) {
      await using channel = openStreamChannel({ readable: socket, writable: socket }, { side: 'dialler' });
      return await measureLink(channel);
    }
    if (tries === 200) throw error;
    await sleep(20);
  }
}
