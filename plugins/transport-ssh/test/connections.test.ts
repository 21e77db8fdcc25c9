import { execFile } from 'node:child_process';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { Channel, Host } from '@farsim/core';
import { preambleOf } from '@farsim/core';
import { echoFrames, echoProgram, frameAround } from '@farsim/core/testing';
import { LocalTransport } from '@farsim/transport-local';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startSshd, type Sshd, type SshdOptions } from '../../../test/sshd/start-sshd.ts';
import { openSshTransport, type SshTransport } from '../src/ssh-transport.ts';

const run = promisify(execFile);
const echo = { exec: [process.execPath, echoProgram] };
let sshd: Sshd;
beforeAll(async () => {
  sshd = await startSshd();
});
afterAll(() => sshd[Symbol.asyncDispose]());

function open(server = sshd): Promise<SshTransport> {
  return openSshTransport({ host: 'far', configFile: server.configFile });
}

async function withServer(
  options: SshdOptions,
  use: (transport: SshTransport, server: Sshd) => Promise<void>,
): Promise<void> {
  await using server = await startSshd(options);
  await using transport = await open(server);
  await use(transport, server);
}

async function greet(channel: Channel): Promise<AsyncIterator<Uint8Array>> {
  channel.limitFrames(256 << 20);
  const frames = channel.receive()[Symbol.asyncIterator]();
  await channel.send([preambleOf(1)]);
  expect((await frames.next()).done).toBe(false);
  return frames;
}

async function output(host: Host, argv: readonly string[]): Promise<string> {
  const { stdout } = await (await host.run(argv)).finished;
  return Buffer.from(stdout).toString();
}

/** True while a process of this machine is there and not a zombie. */
async function lives(pid: string): Promise<boolean> {
  const { stdout } = await run('ps', ['-o', 'stat=', '-p', pid]).catch(() => ({ stdout: '' }));
  return stdout.trim() !== '' && !stdout.startsWith('Z');
}

async function goneWithin(pid: string, ms: number): Promise<boolean> {
  for (const began = performance.now(); performance.now() - began < ms; await sleep(50))
    if (!(await lives(pid))) return true;
  return false;
}

describe('connections', () => {
  test('are one for many channels and programs', async () => {
    await using transport = await open();
    const own = await output(transport.host, ['sh', '-c', 'echo $SSH_CONNECTION']);
    const channels = await Promise.all([
      transport.connect(echo),
      transport.connect(echo),
      transport.connect(echo),
    ]);
    for (const channel of channels) await greet(channel);
    expect(await output(transport.host, ['sh', '-c', 'echo $SSH_CONNECTION'])).toBe(own);
  });
  test('become more where a machine allows one session on each', async () => {
    await withServer({ maxSessions: 1 }, async (transport) => {
      await using control = await transport.connect(echo);
      await using data = await transport.connect(echo);
      await Promise.all([greet(control), greet(data)]);
      expect(await output(transport.host, ['echo', 'third'])).toBe('third\n');
      await transport.host.upload(new Map([['file', Buffer.from('x')]]), `${tmpdir()}/farsim-test-up`);
      await rm(`${tmpdir()}/farsim-test-up`, { recursive: true });
    });
  });
  test('that are cut end their channels as failures, and the next call dials again', async () => {
    await withServer({}, async (transport, server) => {
      const channel = await transport.connect(echo);
      const frames = await greet(channel);
      const running = await transport.host.run(['sleep', '100']);
      const finished = running.finished.catch((error: unknown) => error);
      const pid = (await output(transport.host, ['sh', '-c', 'pgrep -f "^sleep 100" | tail -1'])).trim();
      expect(await server.cut()).toBeGreaterThan(0);
      expect((await frames.next()).done).toBe(true);
      expect(await channel.closed).toMatchObject({
        kind: 'failure',
        message: /ssh connection to far was lost/,
      });
      expect(await finished).toMatchObject({ code: 'LINK_LOST' });
      await using again = await transport.connect(echo);
      await greet(again);
      if (pid) process.kill(Number(pid), 'SIGKILL');
    });
  });
  test('that do not answer are passed over, and go on when they answer again', async () => {
    await withServer({}, async (transport, server) => {
      const channel = await transport.connect(echo);
      const frames = await greet(channel);
      await server.signalSessions('SIGSTOP');
      // one keepalive must have been missed
      await sleep(2_600);
      const began = performance.now();
      await using again = await transport.connect(echo);
      await greet(again);
      expect(performance.now() - began).toBeLessThan(10_000);
      await server.signalSessions('SIGCONT');
      await channel.send(frameAround(new Uint8Array(480)));
      expect((await frames.next()).value).toHaveLength(484);
    });
  });
  test.each(['ssh2', 'openssh'] as const)(
    'by %s are made anew where those there are may not be trusted, which end with the last of their channels',
    async (client) => {
      await using server = await startSshd();
      const { configFile } = server;
      await using transport = await openSshTransport({ host: 'far', configFile, client });
      const first = await transport.connect(echo);
      const frames = await greet(first);
      const before = await server.signalSessions('SIGCONT');
      await using second = await transport.connect(echo, { fresh: true });
      await greet(second);
      await first.send(frameAround(new Uint8Array(480)));
      expect((await frames.next()).value).toHaveLength(484);
      expect(await server.signalSessions('SIGCONT')).toBeGreaterThan(before);
      await first[Symbol.asyncDispose]();
      await expect.poll(() => server.signalSessions('SIGCONT')).toBe(before);
      await using third = await transport.connect(echo);
      await greet(third);
      expect(await server.signalSessions('SIGCONT')).toBe(before);
    },
  );
  test('that stay silent end their channels after three keepalives', async () => {
    await withServer({}, async (transport, server) => {
      const channel = await transport.connect(echo);
      await greet(channel);
      const began = performance.now();
      await server.signalSessions('SIGSTOP');
      expect(await channel.closed).toMatchObject({ kind: 'failure', message: /Keepalive timeout/ });
      expect(performance.now() - began).toBeLessThan(20_000);
      await server.signalSessions('SIGCONT');
    });
  });
  test('leave nothing that keeps this process alive', async () => {
    const script = `
      import { openSshTransport } from ${JSON.stringify(fileURLToPath(import.meta.resolve('@farsim/transport-ssh')))};
      const transport = await openSshTransport({ host: 'far', configFile: ${JSON.stringify(sshd.configFile)} });
      const channel = await transport.connect(${JSON.stringify(echo)});
      await channel.send([Uint8Array.of(0x46, 0x53, 0x49, 0x4d, 1, 1, 0, 0)]);
      await transport[Symbol.asyncDispose]();
      console.log('closed');`;
    const { stdout } = await run(process.execPath, ['--input-type=module', '-e', script], { timeout: 8_000 });
    expect(stdout).toBe('closed\n');
  });
});

describe('a far program', () => {
  test('that reads nothing is killed with its children when the transport goes', async () => {
    const transport = await open();
    const folder = await mkdtemp(path.join(tmpdir(), 'farsim-test-'));
    const stubborn = `trap '' TERM HUP; sleep 1000 & echo $$ $! > ${folder}/pids; wait; sleep 1000`;
    await transport.host.run(['sh', '-c', stubborn]);
    await transport.connect({ exec: ['sh', '-c', `echo $$ > ${folder}/pid; exec sleep 1000`] });
    let pids: string[] = [];
    while (pids.length < 3)
      pids = (await output(transport.host, ['sh', '-c', `cat ${folder}/pid*`])).trim().split(/\s+/);
    await transport[Symbol.asyncDispose]();
    for (const pid of pids) expect(await goneWithin(pid, 3_000), `process ${pid} is gone`).toBe(true);
    await rm(folder, { recursive: true });
  });
  test('that ends at once has its exit status, though this process was busy meanwhile', async () => {
    await using transport = await open();
    await (
      await transport.host.run(['true'])
    ).finished;
    const busy = setInterval(() => {
      for (const until = performance.now() + 40; performance.now() < until;);
    }, 1);
    const ended = await Promise.all(
      Array.from(
        { length: 5 },
        async (_, i) => (await transport.host.run(['sh', '-c', `echo ${i}; exit ${i}`])).finished,
      ),
    );
    clearInterval(busy);
    expect(ended.map(({ exitCode, stdout }) => [exitCode, Buffer.from(stdout).toString()])).toEqual(
      [0, 1, 2, 3, 4].map((i) => [i, `${i}\n`]),
    );
  });
  test('behind a channel tells its exit status and the end of its standard error', async () => {
    await using transport = await open();
    const channel = await transport.connect({
      exec: ['sh', '-c', 'echo "Traceback: no module" >&2; exit 3'],
    });
    expect(await channel.closed).toMatchObject({ exitCode: 3, stderr: 'Traceback: no module\n' });
    const killed = await transport.connect({ exec: ['sh', '-c', 'kill -SEGV $$'] });
    expect(await killed.closed).toMatchObject({ kind: 'failure', message: /SIGSEGV/ });
  });
  test('behind a forced command and a chatty login is run all the same', async () => {
    const forceCommand = `/bin/sh -c 'echo Welcome; echo to gpu-box >&2; exec /bin/sh -c "$SSH_ORIGINAL_COMMAND"'`;
    await withServer({ forceCommand }, async (transport, server) => {
      const said: string[] = [];
      await using chatty = await openSshTransport({ host: 'far', configFile: server.configFile }, (line) =>
        said.push(line),
      );
      await greet(await chatty.connect(echo));
      expect(said).toHaveLength(1);
      expect(said[0]).toContain('Welcome');
      await transport.host.upload(new Map([['a/b', Buffer.from('12345')]]), `${server.folder}/up`);
      expect(await output(transport.host, ['cat', `${server.folder}/up/a/b`])).toContain('12345');
      const stop = new AbortController();
      const running = await transport.host.run(['sleep', '1000'], { signal: stop.signal });
      stop.abort();
      await expect(running.finished).rejects.toMatchObject({ code: 'INTERRUPTED' });
    });
  });
});

describe('round trips', () => {
  test('of 64 KiB do not wait for delayed acknowledgements, whatever carries them', async () => {
    await using server = new LocalTransport();
    await using transport = await open();
    const folder = await mkdtemp(path.join(tmpdir(), 'farsim-test-'));
    const accept = (channel: Channel): void => void echoFrames(channel).catch(() => undefined);
    const unix = await server.listen(`unix:${folder}/s.sock`, accept);
    const tcp = await server.listen('tcp:127.0.0.1:0', accept);
    for (const address of [echo, unix.address, tcp.address]) {
      const channel = await transport.connect(address);
      const frames = await greet(channel);
      const times: number[] = [];
      for (let i = 0; i < 200; i++) {
        const began = performance.now();
        await channel.send(frameAround(new Uint8Array(65_536)));
        await frames.next();
        times.push(performance.now() - began);
      }
      expect(times.toSorted((a, b) => a - b)[100]).toBeLessThan(20);
    }
    await rm(folder, { recursive: true });
  });
});

describe.each(['ssh2', 'openssh'] as const)('an abort, by %s,', (client) => {
  const openBy = (): Promise<SshTransport> =>
    openSshTransport({ host: 'far', configFile: sshd.configFile, client });
  test('during an upload ends it at once and leaves no unfinished file', async () => {
    await using transport = await openBy();
    await output(transport.host, ['true']);
    const folder = await mkdtemp(path.join(tmpdir(), 'farsim-test-'));
    const stop = new AbortController();
    const files = new Map(Array.from({ length: 4 }, (_, i) => [`f${i}`, Buffer.alloc(64 << 20, i)] as const));
    const uploading = transport.host
      .upload(files, folder, { signal: stop.signal })
      .catch((error: unknown) => error);
    await expect.poll(() => readdir(folder), { timeout: 10_000 }).not.toEqual([]);
    stop.abort();
    const began = performance.now();
    expect(await uploading).toMatchObject({ code: 'INTERRUPTED' });
    expect(performance.now() - began).toBeLessThan(10_000);
    const unfinished = async (): Promise<string[]> =>
      (await readdir(folder)).filter((name) => name.includes('.part'));
    await expect.poll(unfinished).toEqual([]);
    await rm(folder, { recursive: true });
  });
});

test('an upload to where nothing can be written names the machine, its words and the way out', async () => {
  await withServer({}, async (transport) => {
    const failed = await transport.host
      .upload(new Map([['file', Buffer.from('1')]]), '/dev/null/there')
      .catch((error: unknown) => error);
    expect(failed).toMatchObject({
      code: 'UPLOAD_FAILED',
      message: expect.stringMatching(/^\/dev\/null\/there\/file on \S+: .*Not a directory/),
      suggestions: [expect.stringContaining('df -h')],
    });
  });
});

test('an abort ends a wait for a machine that stopped answering', async () => {
  await withServer({}, async (transport, server) => {
    await output(transport.host, ['true']);
    await server.signalSessions('SIGSTOP');
    const stop = new AbortController();
    const waiting = transport.connect(echo, { signal: stop.signal }).catch((error: unknown) => error);
    await sleep(100);
    stop.abort();
    const began = performance.now();
    expect(await waiting).toMatchObject({ code: 'INTERRUPTED' });
    expect(performance.now() - began).toBeLessThan(10_000);
    await server.signalSessions('SIGCONT');
  });
});
