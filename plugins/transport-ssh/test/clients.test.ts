import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { copyFile, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import type { Host } from '@farsim/core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startSshd, type Sshd } from '../../../test/sshd/start-sshd.ts';
import { openSshClient } from '../src/open-ssh-client.ts';
import { OpensshClient } from '../src/openssh/openssh-client.ts';
import { Ssh2Client } from '../src/connections/ssh2-client.ts';
import { resolveSshSettings } from '../src/config/ssh-settings.ts';
import { openSshTransport } from '../src/ssh-transport.ts';

const run = promisify(execFile);
let sshd: Sshd;
beforeAll(async () => {
  sshd = await startSshd();
});
afterAll(() => sshd[Symbol.asyncDispose]());

async function output(host: Host, argv: readonly string[]): Promise<string> {
  const { stdout } = await (await host.run(argv)).finished;
  return Buffer.from(stdout).toString();
}

let files = 0;
/** The server's ssh_config with more lines for the host `far`. */
async function configWith(lines: readonly string[], server = sshd): Promise<string> {
  const file = path.join(server.folder, `client.${++files}`);
  const written = await readFile(server.configFile, 'utf8');
  await writeFile(file, `${written}${lines.map((line) => `  ${line}\n`).join('')}`);
  return file;
}

describe('auto', () => {
  const choose = async (lines: readonly string[], sshProgram?: string): Promise<unknown> => {
    const settings = await resolveSshSettings({
      host: 'far',
      configFile: await configWith(lines),
      ...(sshProgram !== undefined && { sshProgram }),
    });
    return openSshClient(settings, 'auto', () => undefined);
  };
  test.each([
    [],
    ['ProxyCommand none'],
    ['ControlMaster no'],
    ['GSSAPIAuthentication no'],
    ['ProxyJump other'],
  ])('takes ssh2 for %j', async (...lines: string[]) =>
    expect(await choose(lines)).toBeInstanceOf(Ssh2Client),
  );
  test.each([
    'ProxyCommand nc %h %p',
    'ControlMaster auto',
    'CertificateFile /some/cert.pub',
    'PKCS11Provider /some/provider.so',
    'PreferredAuthentications keyboard-interactive,publickey',
  ])('takes OpenSSH for %j', async (line) => expect(await choose([line])).toBeInstanceOf(OpensshClient));
  test('takes OpenSSH for a certificate beside a key, and for what a jump host needs', async () => {
    const key = path.join(sshd.folder, 'certified');
    await writeFile(`${key}-cert.pub`, '');
    expect(await choose([`IdentityFile ${key}`])).toBeInstanceOf(OpensshClient);
    const needs = await choose(['ProxyJump bastion', '\nHost bastion', 'ProxyCommand nc %h %p']);
    expect(needs).toBeInstanceOf(OpensshClient);
  });
  test('without an ssh program is UNSUPPORTED where ssh2 will not do, naming why', async () => {
    await expect(choose(['ProxyCommand nc %h %p'], '/nowhere/ssh')).rejects.toMatchObject({
      code: 'UNSUPPORTED',
      exitCode: 4,
      message: expect.stringContaining('ProxyCommand nc %h %p'),
    });
  });
});

test('ssh2 with a ProxyCommand is UNSUPPORTED, with OpenSSH as the way out', async () => {
  const configFile = await configWith(['ProxyCommand nc %h %p']);
  await expect(openSshTransport({ host: 'far', configFile, client: 'ssh2' })).rejects.toMatchObject({
    code: 'UNSUPPORTED',
    suggestions: [expect.stringContaining('client: openssh')],
  });
});

describe('OpenSSH', () => {
  test('goes through a ProxyCommand', async () => {
    const relay = `${process.execPath} -e "const s=require('net').connect(process.argv[2],process.argv[1]);process.stdin.pipe(s).pipe(process.stdout)" -- %h %p`;
    await using transport = await openSshTransport({
      host: 'far',
      configFile: await configWith([`ProxyCommand ${relay}`]),
    });
    expect(await output(transport.host, ['echo', 'there'])).toBe('there\n');
  });
  test('goes through a jump host by a connection that others share', async () => {
    await using bastion = await startSshd({ maxSessions: 0 });
    const { port, identityFile, knownHosts } = bastion;
    const hop = ['\nHost bastion', 'HostName 127.0.0.1', `Port ${port}`, `IdentityFile ${identityFile}`];
    const configFile = await configWith(['ProxyJump bastion', ...hop, `UserKnownHostsFile ${knownHosts}`]);
    const said: string[] = [];
    await using transport = await openSshTransport({ host: 'far', configFile, client: 'openssh' }, (line) =>
      said.push(line),
    );
    expect(await output(transport.host, ['echo', 'there'])).toBe('there\n');
    await expect.poll(() => said).toEqual([expect.stringContaining('bastion refuses a session')]);
    const connections = await bastion.signalSessions('SIGCONT');
    expect(await output(transport.host, ['echo', 'again'])).toBe('again\n');
    expect(await bastion.signalSessions('SIGCONT')).toBe(connections);
  });
  test('shows a certificate where the server takes nothing else', async () => {
    const at = (name: string): string => path.join(sshd.folder, name);
    await run('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', at('authority')]);
    await run('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', at('member')]);
    await run('ssh-keygen', ['-q', '-s', at('authority'), '-I', 'test', '-n', sshd.user, at('member.pub')]);
    await using server = await startSshd({
      acceptsKey: false,
      config: [`TrustedUserCAKeys ${at('authority.pub')}`],
    });
    const configFile = await configWith([], server);
    const written = (await readFile(configFile, 'utf8')).replace(
      /IdentityFile .*/,
      `IdentityFile ${at('member')}`,
    );
    await writeFile(configFile, written);
    await using transport = await openSshTransport({ host: 'far', configFile });
    expect(await output(transport.host, ['echo', 'there'])).toBe('there\n');
  });
  test('believes a certificate authority of hosts, and auto takes it for that', async () => {
    const at = (name: string): string => path.join(sshd.folder, name);
    await run('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', at('hosts_authority')]);
    await copyFile(at('host_ed25519.pub'), at('certified_host.pub'));
    const sign = ['-q', '-s', at('hosts_authority'), '-I', 'host', '-h', '-n', '127.0.0.1'];
    await run('ssh-keygen', [...sign, at('certified_host.pub')]);
    await using server = await startSshd({
      config: [`HostKey ${at('host_ed25519')}`, `HostCertificate ${at('certified_host-cert.pub')}`],
    });
    const known = at('known.authority');
    const authority = await readFile(at('hosts_authority.pub'), 'utf8');
    await writeFile(known, `@cert-authority [127.0.0.1]:* ${authority}`);
    const { configFile } = server;
    await using transport = await openSshTransport({ host: 'far', configFile, knownHosts: known });
    expect(await output(transport.host, ['echo', 'there'])).toBe('there\n');
  });
  test('makes further connections where a machine allows one session on each', async () => {
    await using server = await startSshd({ maxSessions: 1 });
    await using transport = await openSshTransport({
      host: 'far',
      configFile: server.configFile,
      client: 'openssh',
    });
    const running = await transport.host.run(['sh', '-c', 'echo first >&2; exec sleep 60']);
    const { stdout, stderr } = await (
      await transport.host.run(['sh', '-c', 'echo second; echo said >&2'])
    ).finished;
    expect([stdout, stderr].map((bytes) => Buffer.from(bytes).toString())).toEqual(['second\n', 'said\n']);
    await running[Symbol.asyncDispose]();
    expect(await running.finished).toMatchObject({ exitCode: null, signal: 'SIGTERM' });
  });
  test('asks for a passphrase by SSH_ASKPASS', async () => {
    const locked = path.join(sshd.folder, 'locked');
    await copyFile(sshd.identityFile, locked);
    await run('ssh-keygen', ['-q', '-p', '-P', '', '-N', 'words', '-f', locked]);
    const askpass = path.join(sshd.folder, 'askpass');
    await writeFile(askpass, '#!/bin/sh\necho words\n', { mode: 0o700 });
    const { SSH_ASKPASS, SSH_ASKPASS_REQUIRE } = process.env;
    Object.assign(process.env, { SSH_ASKPASS: askpass, SSH_ASKPASS_REQUIRE: 'force' });
    const configFile = await configWith([]);
    await writeFile(
      configFile,
      (await readFile(configFile, 'utf8')).replace(/IdentityFile .*/, `IdentityFile ${locked}`),
    );
    await using transport = await openSshTransport({ host: 'far', configFile, client: 'openssh' });
    expect(await output(transport.host, ['echo', 'there'])).toBe('there\n');
    delete process.env.SSH_ASKPASS;
    delete process.env.SSH_ASKPASS_REQUIRE;
    if (SSH_ASKPASS !== undefined) Object.assign(process.env, { SSH_ASKPASS });
    if (SSH_ASKPASS_REQUIRE !== undefined) Object.assign(process.env, { SSH_ASKPASS_REQUIRE });
  });
  test('that is cut ends its programs as lost, and the next call dials again', async () => {
    await using server = await startSshd();
    const { configFile } = server;
    await using transport = await openSshTransport({ host: 'far', configFile, client: 'openssh' });
    const running = await transport.host.run(['sleep', '60']);
    const finished = running.finished.catch((error: unknown) => error);
    await output(transport.host, ['true']);
    expect(await server.cut()).toBeGreaterThan(0);
    expect(await finished).toMatchObject({ code: 'LINK_LOST' });
    expect(await output(transport.host, ['echo', 'again'])).toBe('again\n');
  });
  test('shares the connection that the user’s ControlMaster keeps open, and leaves it open', async () => {
    await using server = await startSshd();
    const control = path.join(server.folder, 'control');
    const configFile = await configWith(['ControlMaster auto', `ControlPath ${control}`], server);
    const user = spawn('ssh', ['-F', configFile, '-N', 'far'], { stdio: 'ignore' });
    await expect.poll(() => existsSync(control)).toBe(true);
    const before = await server.signalSessions('SIGCONT');
    // whoever shares it needs no key
    await writeFile(path.join(server.folder, 'authorized_keys'), '');
    {
      await using transport = await openSshTransport({ host: 'far', configFile });
      expect(await output(transport.host, ['echo', 'there'])).toBe('there\n');
    }
    await run('ssh', ['-F', configFile, '-O', 'check', 'far']);
    expect(await server.signalSessions('SIGCONT')).toBe(before);
    user.kill();
    await once(user, 'exit');
  });
  test('holds no connection longer than the process that it was made for', async () => {
    await using server = await startSshd();
    const door = new URL('../dist/index.js', import.meta.url).href;
    const options = { host: 'far', configFile: server.configFile, client: 'openssh' };
    const program = `const { openSshTransport } = await import(${JSON.stringify(door)});
      const transport = await openSshTransport(${JSON.stringify(options)});
      await (await transport.host.run(['true'])).finished; console.log('there'); setInterval(() => {}, 1000);`;
    const child = spawn(process.execPath, ['--input-type=module', '-e', program], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    await once(child.stdout, 'data');
    expect(await server.signalSessions('SIGCONT')).toBeGreaterThan(0);
    child.kill('SIGKILL');
    await expect.poll(() => server.signalSessions('SIGCONT')).toBe(0);
  });
  test('stopped while it logs in leaves nothing', async () => {
    const proxy = `sleep 61.${process.pid}`;
    await using transport = await openSshTransport({
      host: 'far',
      configFile: await configWith([`ProxyCommand ${proxy}`]),
    });
    const stop = new AbortController();
    const waiting = transport
      .connect({ exec: ['true'] }, { signal: stop.signal })
      .catch((error: unknown) => error);
    const proxies = async (): Promise<string> =>
      (await run('pgrep', ['-f', `^${proxy}$`]).catch(() => ({ stdout: '' }))).stdout;
    await expect.poll(proxies).not.toBe('');
    stop.abort();
    expect(await waiting).toMatchObject({ code: 'INTERRUPTED' });
    await transport[Symbol.asyncDispose]();
    await expect.poll(proxies).toBe('');
  });
  test('refuses an unknown and a changed host key with its fingerprint and the way out, exit 6', async () => {
    const known = path.join(sshd.folder, 'known.other');
    const fingerprint = (
      await run('ssh-keygen', ['-lf', path.join(sshd.folder, 'host_ed25519.pub')])
    ).stdout.split(' ')[1]!;
    const reach = async (): Promise<unknown> => {
      const { configFile } = sshd;
      await using transport = await openSshTransport({
        host: 'far',
        configFile,
        knownHosts: known,
        client: 'openssh',
      });
      return await transport.host.run(['true']).catch((error: unknown) => error);
    };
    await writeFile(known, '');
    expect(await reach()).toMatchObject({
      code: 'HOST_KEY_UNKNOWN',
      exitCode: 6,
      message: expect.stringContaining(fingerprint),
      suggestions: expect.arrayContaining([
        `ssh -F ${sshd.configFile} -o 'UserKnownHostsFile="${known}"' -o StrictHostKeyChecking=ask far true`,
      ]),
    });
    const other = (await readFile(path.join(sshd.folder, 'id_ed25519.pub'), 'utf8')).split(' ');
    await writeFile(known, `[127.0.0.1]:${sshd.port} ${other[0]} ${other[1]}\n`);
    expect(await reach()).toMatchObject({
      code: 'HOST_KEY_CHANGED',
      message: expect.stringContaining(`${known}:1`),
      suggestions: expect.arrayContaining([expect.stringContaining('ssh-keygen -f')]),
    });
    await rm(known);
  });
  test('tells a refused login, and a machine that is not there', async () => {
    await using server = await startSshd({ acceptsKey: false });
    const reach = async (port: number): Promise<unknown> => {
      const { configFile } = server;
      await using transport = await openSshTransport({ host: 'far', configFile, port, client: 'openssh' });
      return await transport.host.run(['true']).catch((error: unknown) => error);
    };
    expect(await reach(server.port)).toMatchObject({ code: 'LOGIN_REFUSED', exitCode: 5 });
    expect(await reach(1)).toMatchObject({ code: 'HOST_UNREACHABLE', exitCode: 5 });
  });
});
