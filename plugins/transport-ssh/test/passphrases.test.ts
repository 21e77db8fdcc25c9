import { execFile } from 'node:child_process';
import { chmod, copyFile, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { startSshd, type Sshd } from '../../../test/sshd/start-sshd.ts';
import type { SshOptions } from '../src/config/ssh-settings.ts';
import { openSshTransport, type SshTransport } from '../src/ssh-transport.ts';

const run = promisify(execFile);
const passphrase = "it's secret words";
const asking = ['SSH_ASKPASS', 'SSH_ASKPASS_REQUIRE', 'DISPLAY', 'WAYLAND_DISPLAY', 'SSH_AUTH_SOCK'];
const mine = asking.map((name) => [name, process.env[name]] as const);
let sshd: Sshd;
let locked: string;
beforeAll(async () => {
  sshd = await startSshd();
  locked = await lock('locked');
});
beforeEach(() => {
  for (const name of asking) delete process.env[name];
});
afterEach(() => {
  for (const [name, value] of mine) if (value !== undefined) process.env[name] = value;
});
afterAll(() => sshd[Symbol.asyncDispose]());

/** The key that the machine takes, behind a passphrase and without its public half beside it. */
async function lock(name: string, ...format: string[]): Promise<string> {
  const file = path.join(sshd.folder, name);
  await copyFile(sshd.identityFile, file);
  await run('ssh-keygen', ['-q', '-p', '-P', '', '-N', passphrase, ...format, '-f', file]);
  return file;
}

/** A program that answers what it is asked, one answer for each time, and counts the times. */
async function answerBy(answers: readonly string[]): Promise<{ readonly times: () => Promise<number> }> {
  const program = path.join(sshd.folder, 'askpass');
  const asked = path.join(sshd.folder, 'asked');
  await rm(asked, { force: true });
  await writeFile(`${program}.answers`, answers.map((answer) => `${answer}\n`).join(''));
  await writeFile(
    program,
    `#!/bin/sh\necho "$1" >> '${asked}'\nsed -n "$(wc -l < '${asked}')p" '${program}.answers'\n`,
  );
  await chmod(program, 0o700);
  process.env.SSH_ASKPASS = program;
  process.env.SSH_ASKPASS_REQUIRE = 'force';
  const times = async (): Promise<number> =>
    (await readFile(asked, 'utf8').catch(() => '')).split('\n').length - 1;
  return { times };
}

function open(identityFile: string, options: Partial<SshOptions> = {}): Promise<SshTransport> {
  const { knownHosts, user, port } = sshd;
  return openSshTransport({
    host: `${user}@127.0.0.1`,
    port,
    configFile: 'none',
    knownHosts,
    identityFile,
    ...options,
  });
}

async function reach(identityFile: string, options: Partial<SshOptions> = {}): Promise<number | null> {
  await using transport = await open(identityFile, options);
  return (await (await transport.host.run(['true'])).finished).exitCode;
}

describe('a key with a passphrase', () => {
  test('is unlocked by what SSH_ASKPASS answers, after a wrong answer too', async () => {
    const { times } = await answerBy(['wrong', passphrase]);
    expect(await reach(locked)).toBe(0);
    expect(await times()).toBe(2);
  });
  test('is asked for once, though the connection is dialled again', async () => {
    await using server = await startSshd();
    const { times } = await answerBy([passphrase]);
    await copyFile(`${sshd.identityFile}.pub`, path.join(server.folder, 'authorized_keys'));
    const { user, port, knownHosts } = server;
    await using transport = await open(locked, { host: `${user}@127.0.0.1`, port, knownHosts });
    for (let dial = 0; dial < 2; dial++) {
      expect((await (await transport.host.run(['true'])).finished).exitCode).toBe(0);
      expect(await server.cut()).toBeGreaterThan(0);
      await expect.poll(async () => (await (await transport.host.run(['true'])).finished).exitCode).toBe(0);
    }
    expect(await times()).toBe(1);
  });
  test('in the old format has no public half to show, and is asked for before it is offered', async () => {
    const file = path.join(sshd.folder, 'old_rsa');
    await run('ssh-keygen', ['-q', '-t', 'rsa', '-b', '2048', '-m', 'PEM', '-N', passphrase, '-f', file]);
    await using server = await startSshd();
    await copyFile(`${file}.pub`, path.join(server.folder, 'authorized_keys'));
    await rm(`${file}.pub`);
    const { times } = await answerBy([passphrase]);
    const { user, port, knownHosts } = server;
    expect(await reach(file, { host: `${user}@127.0.0.1`, port, knownHosts })).toBe(0);
    expect(await times()).toBe(1);
  });
  test('that the machine does not take is not asked for', async () => {
    const stranger = path.join(sshd.folder, 'stranger');
    await run('ssh-keygen', ['-q', '-t', 'ed25519', '-N', passphrase, '-f', stranger]);
    const { times } = await answerBy([passphrase]);
    await expect(reach(stranger)).rejects.toMatchObject({ code: 'LOGIN_REFUSED' });
    expect(await times()).toBe(0);
  });
  test('is LOGIN_REFUSED after three wrong answers, with ssh-add as the way out', async () => {
    const { times } = await answerBy(['wrong', 'wrong', 'wrong', passphrase]);
    await expect(reach(locked)).rejects.toMatchObject({
      code: 'LOGIN_REFUSED',
      exitCode: 5,
      message: expect.stringContaining(
        `${locked} has a passphrase and no agent holds it; 3 answers were wrong`,
      ),
      suggestions: expect.arrayContaining([`ssh-add ${locked}`]),
    });
    expect(await times()).toBe(3);
  });
  test('is not asked for under BatchMode', async () => {
    const { times } = await answerBy([passphrase]);
    const config = path.join(sshd.folder, 'batch');
    const written = await readFile(sshd.configFile, 'utf8');
    await writeFile(
      config,
      `${written.replace(/IdentityFile .*/, `IdentityFile ${locked}`)}  BatchMode yes\n`,
    );
    await using transport = await openSshTransport({ host: 'far', configFile: config });
    await expect(transport.host.run(['true'])).rejects.toMatchObject({
      code: 'LOGIN_REFUSED',
      message: expect.stringContaining('BatchMode'),
    });
    expect(await times()).toBe(0);
  });
  test('may take longer to type than the login may take', async () => {
    await answerBy([passphrase]);
    const slow = path.join(sshd.folder, 'slow-askpass');
    await writeFile(slow, `#!/bin/sh\nsleep 1.5; exec '${process.env.SSH_ASKPASS}' "$@"\n`, { mode: 0o700 });
    process.env.SSH_ASKPASS = slow;
    expect(await reach(locked, { connectTimeout: 1 })).toBe(0);
  });
  test('stops being asked for when the transport is closed', async () => {
    const waits = path.join(sshd.folder, 'waiting-askpass');
    const began = path.join(sshd.folder, 'began');
    await writeFile(waits, `#!/bin/sh\necho $$ > '${began}'; exec sleep 60\n`, { mode: 0o700 });
    Object.assign(process.env, { SSH_ASKPASS: waits, SSH_ASKPASS_REQUIRE: 'force' });
    const transport = await open(locked);
    const running = transport.host.run(['true']).catch((error: unknown) => error);
    await expect.poll(() => readFile(began, 'utf8').catch(() => '')).not.toBe('');
    await transport[Symbol.asyncDispose]();
    expect(await running).toMatchObject({ code: 'CLOSED' });
    const pid = Number(await readFile(began, 'utf8'));
    await expect.poll(() => isThere(pid)).toBe(false);
  });
  test.each(['ssh2', 'openssh'])(
    'is asked for on the terminal by %s, which does not show the answer',
    async (client) => {
      const script = fileURLToPath(new URL('./on-a-terminal.py', import.meta.url));
      const { user, port, knownHosts } = sshd;
      const options = {
        host: `${user}@127.0.0.1`,
        port,
        configFile: 'none',
        knownHosts,
        identityFile: locked,
        client,
      };
      const door = new URL('../dist/index.js', import.meta.url).href;
      const program = `const { openSshTransport } = await import(${JSON.stringify(door)});
      await using transport = await openSshTransport(${JSON.stringify(options)});
      const { stdout } = await (await transport.host.run(['echo', 'there'])).finished;
      console.log('said ' + stdout);`;
      const { stdout } = await run('python3', [
        script,
        `wrong\r${passphrase}!\x7f\r`,
        process.execPath,
        '--input-type=module',
        '-e',
        program,
      ]);
      expect(stdout).toContain(`Enter passphrase for key '${locked}'`);
      expect(stdout).toContain('said there');
      expect(stdout).not.toContain('secret');
      expect(stdout).not.toContain('wrong');
    },
  );
});

function isThere(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
