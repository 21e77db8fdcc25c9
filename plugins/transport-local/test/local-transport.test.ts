import { chmod, mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { execFile } from 'node:child_process';
import net from 'node:net';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { makeCertificates } from '../../../test/make-certificates.ts';
import { LocalTransport } from '../src/local-transport.ts';
import { readTls } from '../src/tls-files.ts';

const run = promisify(execFile);
let folder: string;
let transport: LocalTransport;
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'farsim-test-'));
  transport = new LocalTransport();
});
afterEach(async () => {
  await transport[Symbol.asyncDispose]();
  await rm(folder, { recursive: true });
});

const ignore = (): void => undefined;

async function goneWithin(pid: string, ms: number): Promise<boolean> {
  for (const began = performance.now(); performance.now() - began < ms; await sleep(50)) {
    const { stdout } = await run('ps', ['-o', 'stat=', '-p', pid]).catch(() => ({ stdout: '' }));
    if (stdout.trim() === '' || stdout.startsWith('Z')) return true;
  }
  return false;
}

describe('a listening socket', () => {
  test('is 0600 in a new 0700 folder, and its file goes with the listener', async () => {
    const file = `${folder}/new/s.sock`;
    const listener = await transport.listen(`unix:${file}`, ignore);
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    expect((await stat(`${folder}/new`)).mode & 0o777).toBe(0o700);
    await listener[Symbol.asyncDispose]();
    await expect(stat(file)).rejects.toMatchObject({ code: 'ENOENT' });
  });
  test('replaces a file that a dead process left', async () => {
    const file = `${folder}/s.sock`;
    const script = `require('net').createServer().listen(${JSON.stringify(file)}, () => process.kill(process.pid, 'SIGKILL'))`;
    await expect(run(process.execPath, ['-e', script])).rejects.toMatchObject({ signal: 'SIGKILL' });
    expect((await stat(file)).isSocket()).toBe(true);
    await transport.listen(`unix:${file}`, ignore);
    await (await transport.connect(`unix:${file}`))[Symbol.asyncDispose]();
  });
  test('replaces neither one that is answered nor a file that is no socket', async () => {
    await transport.listen(`unix:${folder}/s.sock`, ignore);
    await expect(transport.listen(`unix:${folder}/s.sock`, ignore)).rejects.toMatchObject({
      code: 'BAD_ARGUMENT',
      message: /already/,
    });
    await writeFile(`${folder}/notes`, 'precious');
    await expect(transport.listen(`unix:${folder}/notes`, ignore)).rejects.toMatchObject({
      code: 'BAD_ARGUMENT',
    });
    expect(await readFile(`${folder}/notes`, 'utf8')).toBe('precious');
  });
  test('is refused in a folder that others may write', async () => {
    await mkdir(`${folder}/open`);
    await chmod(`${folder}/open`, 0o777);
    await expect(transport.listen(`unix:${folder}/open/s.sock`, ignore)).rejects.toMatchObject({
      code: 'PATH_REFUSED',
    });
  });
  test.each([
    'tcp:0.0.0.0:0',
    'tcp:[::]:0',
    'tcp:10.1.2.3:5555',
    'tcp:example.org:5555',
    'tcp:127.0.0.1.example.org:1',
  ])('at the public %s is refused, with the flag that allows it', async (address) => {
    const refused = {
      code: 'BAD_ARGUMENT',
      suggestions: expect.arrayContaining([expect.stringContaining('--i-know-this-is-public')]),
    };
    await expect(transport.listen(address, ignore)).rejects.toMatchObject(refused);
    await expect(transport.connect(address)).rejects.toMatchObject(refused);
  });
  test('at a public address is allowed when asked for and encrypted', async () => {
    await using open = new LocalTransport({ public: true });
    const refused = { code: 'BAD_ARGUMENT', message: expect.stringContaining('nothing encrypts') };
    await expect(open.listen('tcp:0.0.0.0:0', ignore)).rejects.toMatchObject(refused);
    await expect(open.connect('tcp:10.1.2.3:5555')).rejects.toMatchObject(refused);
    await makeCertificates(folder);
    const tls = await readTls({ cert: 'server.pem', key: 'server.key' }, folder);
    await using encrypted = new LocalTransport({ public: true, tls });
    expect((await encrypted.listen('tcp:0.0.0.0:0', ignore)).address).toMatch(/^tcp:0\.0\.0\.0:\d+$/);
  });
  test('with TLS lets in nobody who does not trust it, and nobody who speaks plainly', async () => {
    await makeCertificates(folder);
    const files = { cert: 'server.pem', key: 'server.key' };
    await using far = new LocalTransport({ tls: await readTls(files, folder) });
    let came = 0;
    const { address } = await far.listen('tcp:127.0.0.1:0', () => came++);
    await using strange = new LocalTransport({ tls: {} });
    await expect(strange.connect(address)).rejects.toMatchObject({
      code: 'HOST_UNREACHABLE',
      suggestions: [expect.stringContaining('tls: { ca: FILE }')],
    });
    const plain = await transport.connect(address);
    await plain.send([Buffer.from('hello there, whoever listens')]);
    await plain.closed;
    expect(came).toBe(0);
    await using near = new LocalTransport({ tls: await readTls({ ca: 'ca.pem' }, folder) });
    await (await near.connect(address))[Symbol.asyncDispose]();
    await expect.poll(() => came).toBe(1);
    await expect(near.listen('tcp:127.0.0.1:0', ignore)).rejects.toMatchObject({ code: 'CONFIG_INVALID' });
    await expect(readTls({ cert: 'server.pem' }, folder)).rejects.toMatchObject({ code: 'CONFIG_INVALID' });
    await expect(readTls({ ca: 'nowhere.pem' }, folder)).rejects.toMatchObject({ code: 'FILE_NOT_FOUND' });
  });
  test('tells the port that it was given', async () => {
    const { address } = await transport.listen('tcp:127.0.0.1:0', ignore);
    expect(address).toMatch(/^tcp:127\.0\.0\.1:[1-9]\d*$/);
    await (await transport.connect(address))[Symbol.asyncDispose]();
  });
  test('ends with the transport, and so do the channels that it accepted', async () => {
    const server = new LocalTransport();
    const { address } = await server.listen(`unix:${folder}/s.sock`, ignore);
    const channel = await transport.connect(address);
    await server[Symbol.asyncDispose]();
    expect((await channel.closed).kind).toBe('peer');
    await expect(transport.connect(address)).rejects.toMatchObject({ code: 'HOST_UNREACHABLE' });
    await expect(server.listen(address, ignore)).rejects.toMatchObject({ code: 'CLOSED' });
  });
});

test.each([
  '',
  'unix:relative',
  'tcp:127.0.0.1',
  'tcp:127.0.0.1:99999',
  'tcp:-x:1',
  'http://x',
  `unix:/${'x'.repeat(120)}`,
])('%j is no address', async (address) => {
  await expect(transport.connect(address)).rejects.toMatchObject({ code: 'BAD_ARGUMENT' });
});

describe('a program', () => {
  test('that ignores SIGTERM ends with the transport, its children too', async () => {
    const script = `trap '' TERM; sleep 1000 & echo $$ $! > ${folder}/pids; wait; sleep 1000`;
    await transport.host.run(['sh', '-c', script]);
    await transport.connect({ exec: ['sh', '-c', script.replace('/pids', '/more')] });
    const read = async (): Promise<string[]> =>
      (
        await Promise.all(
          ['pids', 'more'].map((name) => readFile(`${folder}/${name}`, 'utf8').catch(() => '')),
        )
      )
        .join(' ')
        .trim()
        .split(/\s+/);
    while ((await read()).length < 4) await sleep(20);
    await transport[Symbol.asyncDispose]();
    for (const pid of await read()) expect(await goneWithin(pid, 1_000), `process ${pid} is gone`).toBe(true);
  });
  test('whose daemon holds its output open is over when it is given up', async () => {
    await using transport = new LocalTransport();
    const abort = new AbortController();
    const script = 'setsid sleep 20 & echo begun; sleep 60';
    const { promise: begun, resolve } = Promise.withResolvers<void>();
    const running = await transport.host.run(['sh', '-c', script], {
      signal: abort.signal,
      onOutput: () => resolve(),
    });
    await begun;
    const began = performance.now();
    abort.abort();
    await expect(running.finished).rejects.toMatchObject({ code: 'INTERRUPTED' });
    expect(performance.now() - began).toBeLessThan(12_000);
  });

  test('in a folder that is not there is FILE_NOT_FOUND', async () => {
    await expect(transport.host.run(['true'], { cwd: `${folder}/nowhere` })).rejects.toMatchObject({
      code: 'FILE_NOT_FOUND',
    });
  });
  test('behind a channel tells its exit status and the end of its standard error', async () => {
    const channel = await transport.connect({ exec: ['sh', '-c', 'yes error | head -c 100000 >&2; exit 4'] });
    const reason = await channel.closed;
    expect(reason).toMatchObject({ exitCode: 4 });
    expect(reason.stderr).toHaveLength(16 << 10);
  });
  test('that is not there is HOST_UNREACHABLE for a channel', async () => {
    await expect(transport.connect({ exec: ['/nowhere/program'] })).rejects.toMatchObject({
      code: 'HOST_UNREACHABLE',
    });
  });
});

test('a dialler that never speaks is just a channel without frames', async () => {
  const accepted = new Promise<string>((resolve) => {
    void transport
      .listen(`unix:${folder}/s.sock`, (channel) => void channel.closed.then(({ kind }) => resolve(kind)))
      .then(() => {
        const socket = net.connect({ path: `${folder}/s.sock` });
        void once(socket, 'connect').then(() => socket.end());
      });
  });
  expect(await accepted).toBe('peer');
});

test('an upload to where no folder can be made is refused, not waited for', async () => {
  await using transport = new LocalTransport();
  const files = new Map([['a.txt', Buffer.from('a')]]);
  await expect(transport.host.upload(files, '/proc/farsim/files')).rejects.toMatchObject({
    code: 'UPLOAD_FAILED',
    suggestions: [expect.stringContaining('df -h')],
  });
}, 5_000);
