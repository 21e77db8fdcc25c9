import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFile, readFile, writeFile } from 'node:fs/promises';
import net from 'node:net';
import path from 'node:path';
import { promisify } from 'node:util';
import { loadConfig, planPipeline, PluginFinder } from '@farsim/core';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { freePort } from '../../../test/loopback-port.ts';
import { startSshd, type Sshd } from '../../../test/sshd/start-sshd.ts';
import { parseDestination } from '../src/config/parse-destination.ts';
import { sshTransportConfig } from '../src/plugin.ts';
import { resolveSshSettings, type SshOptions } from '../src/config/ssh-settings.ts';
import { openSshTransport } from '../src/ssh-transport.ts';

const run = promisify(execFile);
let sshd: Sshd;
const agentOfThisMachine = process.env.SSH_AUTH_SOCK;
beforeAll(async () => {
  delete process.env.SSH_AUTH_SOCK;
  sshd = await startSshd();
});
afterEach(() => {
  delete process.env.SSH_AUTH_SOCK;
});
afterAll(async () => {
  if (agentOfThisMachine !== undefined) process.env.SSH_AUTH_SOCK = agentOfThisMachine;
  await sshd[Symbol.asyncDispose]();
});

async function reach(options: Partial<SshOptions>): Promise<string> {
  await using transport = await openSshTransport({ host: 'far', configFile: sshd.configFile, ...options });
  return Buffer.from((await (await transport.host.run(['echo', 'there'])).finished).stdout).toString();
}

function direct(options: Partial<SshOptions> = {}): Partial<SshOptions> {
  return {
    host: `${sshd.user}@127.0.0.1`,
    port: sshd.port,
    configFile: 'none',
    knownHosts: sshd.knownHosts,
    ...options,
  };
}

async function makeKey(name: string, passphrase: string): Promise<string> {
  const file = path.join(sshd.folder, name);
  await run('ssh-keygen', ['-q', '-t', 'ed25519', '-N', passphrase, '-f', file]);
  return file;
}

async function withAgent(keys: readonly string[], use: () => Promise<void>): Promise<void> {
  const socket = path.join(sshd.folder, `agent.${Math.random().toString(36).slice(2)}`);
  const agent = spawn('ssh-agent', ['-D', '-a', socket], { stdio: ['ignore', 'pipe', 'ignore'] });
  try {
    await once(agent.stdout, 'data');
    for (const key of keys)
      await run('ssh-add', ['-q', key], { env: { ...process.env, SSH_AUTH_SOCK: socket } });
    process.env.SSH_AUTH_SOCK = socket;
    await use();
  } finally {
    agent.kill();
    await once(agent, 'exit');
  }
}

describe('a login', () => {
  test('uses host, port, user and key of ~/.ssh/config', async () => {
    expect(await reach({})).toBe('there\n');
  });
  test('uses them without a system ssh too', async () => {
    expect(await reach({ sshProgram: '/nowhere/ssh' })).toBe('there\n');
  });
  test('by a key whose path is made of host, port and user uses it', async () => {
    const key = path.join(sshd.folder, `key-127.0.0.1-${sshd.port}-${sshd.user}-far`);
    await copyFile(sshd.identityFile, key);
    const config = path.join(sshd.folder, 'tokens');
    process.env.FARSIM_TEST_FOLDER = sshd.folder;
    await writeFile(
      config,
      (await readFile(sshd.configFile, 'utf8')).replace(
        /IdentityFile .*/,
        'IdentityFile ${FARSIM_TEST_FOLDER}/key-%h-%p-%r-%n',
      ),
    );
    expect(await reach({ configFile: config })).toBe('there\n');
    expect(await reach({ configFile: config, sshProgram: '/nowhere/ssh' })).toBe('there\n');
    delete process.env.FARSIM_TEST_FOLDER;
  });
  test('needs no config when everything is said', async () => {
    expect(await reach(direct({ identityFile: sshd.identityFile }))).toBe('there\n');
    expect(
      await reach(
        direct({
          host: `ssh://${sshd.user}@127.0.0.1:${sshd.port}`,
          port: undefined,
          identityFile: sshd.identityFile,
        }),
      ),
    ).toBe('there\n');
  });
  test('uses the agent', async () => {
    await withAgent([sshd.identityFile], async () => expect(await reach(direct())).toBe('there\n'));
  });
  test('offers the configured key before seven others of the agent, which would be too many', async () => {
    const others = await Promise.all(Array.from({ length: 7 }, (_, i) => makeKey(`other.${i}`, '')));
    await withAgent([...others, sshd.identityFile], async () => {
      expect(await reach(direct({ identityFile: sshd.identityFile }))).toBe('there\n');
    });
  });
  test('with IdentitiesOnly offers no other key of the agent', async () => {
    const config = path.join(sshd.folder, 'only');
    const other = await makeKey('only_this', '');
    await writeFile(
      config,
      (await readFile(sshd.configFile, 'utf8')).replace(/IdentityFile .*/, `IdentityFile ${other}`),
    );
    await withAgent([sshd.identityFile], async () => {
      await expect(reach({ configFile: config })).rejects.toMatchObject({ code: 'LOGIN_REFUSED' });
    });
  });
  test('by a key with a passphrase works when the agent holds it', async () => {
    const locked = path.join(sshd.folder, 'locked_held');
    await copyFile(sshd.identityFile, locked);
    await copyFile(`${sshd.identityFile}.pub`, `${locked}.pub`);
    await run('ssh-keygen', ['-q', '-p', '-N', 'secret words', '-f', locked]);
    await withAgent([sshd.identityFile], async () =>
      expect(await reach(direct({ identityFile: locked }))).toBe('there\n'),
    );
  });
});

describe('a refused login', () => {
  test('names the user, the keys that were tried and what the machine takes, exit 5', async () => {
    const other = await makeKey('stranger', '');
    await expect(reach(direct({ identityFile: other }))).rejects.toMatchObject({
      code: 'LOGIN_REFUSED',
      exitCode: 5,
      message: expect.stringMatching(new RegExp(`login of ${sshd.user}: tried .*${other}.*takes publickey`)),
    });
  });
  test('survives an agent that is not there', async () => {
    process.env.SSH_AUTH_SOCK = path.join(sshd.folder, 'no-agent');
    expect(await reach(direct({ identityFile: sshd.identityFile }))).toBe('there\n');
  });
});

describe('a machine that is not there', () => {
  test('is HOST_UNREACHABLE when nothing listens', async () => {
    const port = await freePort();
    await expect(reach(direct({ port }))).rejects.toMatchObject({
      code: 'HOST_UNREACHABLE',
      exitCode: 5,
      message: expect.stringContaining(`port ${port}`),
    });
  });
  test('is HOST_UNREACHABLE when its name is unknown', async () => {
    await expect(reach(direct({ host: 'no-such-host.invalid', connectTimeout: 5 }))).rejects.toMatchObject({
      code: 'HOST_UNREACHABLE',
    });
  });
  test('is HOST_UNREACHABLE within the timeout when the port says nothing or something else', async () => {
    for (const greeting of ['', 'HTTP/1.1 400 Bad Request\r\n\r\n']) {
      const server = net.createServer((socket) => {
        socket.on('error', () => undefined);
        if (greeting !== '') socket.end(greeting);
      });
      server.listen(0, '127.0.0.1');
      await once(server, 'listening');
      const { port } = server.address() as net.AddressInfo;
      const began = performance.now();
      await expect(reach(direct({ port, connectTimeout: 1 }))).rejects.toMatchObject({
        code: 'HOST_UNREACHABLE',
        suggestions: [
          expect.stringContaining(`port ${port}`),
          expect.stringMatching(`^ssh -v .*-p ${port} `),
        ],
      });
      expect(performance.now() - began).toBeLessThan(10_000);
      server.close();
    }
  });
  test('stops being waited for when the caller aborts', async () => {
    const server = net.createServer(() => undefined).listen(0, '127.0.0.1');
    await once(server, 'listening');
    await using transport = await openSshTransport({
      host: 'x',
      ...direct({ port: (server.address() as net.AddressInfo).port }),
    } as SshOptions);
    await expect(
      transport.connect({ exec: ['true'] }, { signal: AbortSignal.timeout(100) }),
    ).rejects.toMatchObject({ code: 'INTERRUPTED' });
    server.close();
  });
});

describe('a destination', () => {
  test('is read as ssh reads it', () => {
    expect(parseDestination('gpu-box')).toEqual({ host: 'gpu-box' });
    expect(parseDestination('me@gpu.example')).toEqual({ host: 'gpu.example', user: 'me' });
    expect(parseDestination('ssh://me@gpu:2222')).toEqual({ host: 'gpu', user: 'me', port: 2222 });
    expect(parseDestination('me@[fe80::1]:22')).toEqual({ host: 'fe80::1', user: 'me', port: 22 });
    expect(parseDestination('::1')).toEqual({ host: '::1' });
  });
  test.each([
    '-oProxyCommand=touch x',
    'me@-oProxyCommand=x',
    '-l@host',
    'a b',
    'a;b',
    'a`b`',
    '$(x)',
    'a|b',
    "a'b",
    'a\nb',
    '',
    '@',
    'me@',
    'h:0',
    'h:99999',
    'me;x@h',
    'a/b',
    '%h>x',
  ])('such as %j is refused before anything runs', async (host) => {
    await expect(resolveSshSettings({ host })).rejects.toMatchObject({ code: 'CONFIG_INVALID', exitCode: 4 });
    expect(sshTransportConfig.safeParse({ host }).success).toBe(false);
  });
  test('that is refused names its place in the config', async () => {
    const config = path.join(sshd.folder, 'evil.yaml');
    await writeFile(
      config,
      'version: 1\nsimulators:\n  plant:\n    use: counter\n    on: "-oProxyCommand=touch x"\n',
    );
    await expect(planPipeline(loadConfig([config], []), new PluginFinder())).rejects.toMatchObject({
      code: 'CONFIG_INVALID',
      message: expect.stringContaining(`${config}:5:9`),
    });
  });
  test('that ~/.ssh/config turns into an option is refused', async () => {
    const config = path.join(sshd.folder, 'evil');
    await writeFile(config, 'Host evil\n  HostName -oProxyCommand=x\n');
    await expect(
      resolveSshSettings({ host: 'evil', configFile: config, sshProgram: '/nowhere/ssh' }),
    ).rejects.toMatchObject({ code: 'CONFIG_INVALID' });
  });
});
