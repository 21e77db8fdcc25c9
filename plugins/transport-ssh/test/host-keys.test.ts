import { execFile } from 'node:child_process';
import { appendFile, copyFile, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { isFarsimError, type FarsimError } from '@farsim/core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startSshd, type Sshd } from '../../../test/sshd/start-sshd.ts';
import { fingerprint, judgeHostKey, namesHost, parseKnownHosts } from '../src/config/known-hosts.ts';
import { openSshTransport } from '../src/ssh-transport.ts';

const run = promisify(execFile);
let sshd: Sshd;
beforeAll(async () => {
  sshd = await startSshd({ hostKeyTypes: ['ed25519', 'ecdsa', 'rsa'] });
});
afterAll(() => sshd[Symbol.asyncDispose]());

let files = 0;
async function knownHostsOf(content: string): Promise<string> {
  const file = path.join(sshd.folder, `known_hosts.${++files}`);
  await writeFile(file, content);
  return file;
}

/** What a far `true` ends with when only this file is believed. */
async function reach(knownHosts: string): Promise<number | null> {
  const { configFile } = sshd;
  await using transport = await openSshTransport({ host: 'far', configFile, knownHosts, client: 'ssh2' });
  const running = await transport.host.run(['true']);
  return (await running.finished).exitCode;
}

async function refusal(knownHosts: string): Promise<FarsimError> {
  const outcome: unknown = await reach(knownHosts).catch((error: unknown) => error);
  if (!isFarsimError(outcome)) throw new Error(`expected a refusal, got ${String(outcome)}`);
  return outcome;
}

describe('a host key', () => {
  test('that known_hosts has is accepted, whichever type it has', async () => {
    for (const line of Object.values(sshd.hostKeys)) expect(await reach(await knownHostsOf(line))).toBe(0);
  });
  test('under a hashed name is accepted', async () => {
    const file = await knownHostsOf(`${sshd.hostKeys.ed25519}\n`);
    await run('ssh-keygen', ['-q', '-H', '-f', file]);
    expect(await readFile(file, 'utf8')).toMatch(/^\|1\|/);
    expect(await reach(file)).toBe(0);
  });
  test('in the second of several files is accepted', async () => {
    const config = path.join(sshd.folder, 'two_files');
    await copyFile(sshd.configFile, config);
    const [first, second] = [await knownHostsOf('# nothing\n'), await knownHostsOf(sshd.hostKeys.ed25519!)];
    await writeFile(
      config,
      (await readFile(config, 'utf8')).replace(
        /UserKnownHostsFile .*/,
        `UserKnownHostsFile ${first} ${second}`,
      ),
    );
    await using transport = await openSshTransport({ host: 'far', configFile: config });
    expect((await (await transport.host.run(['true'])).finished).exitCode).toBe(0);
  });
  test('that is unknown is refused with its fingerprint and the command that adds it, exit 6', async () => {
    const file = await knownHostsOf('');
    const error = await refusal(file);
    expect(error.code).toBe('HOST_KEY_UNKNOWN');
    expect(error.exitCode).toBe(6);
    const shown = Object.values(sshd.hostKeys).map((line) =>
      fingerprint(Buffer.from(line.trim().split(' ')[2]!, 'base64')),
    );
    expect(shown.some((print) => error.message.includes(print))).toBe(true);
    expect(error.suggestions).toContain(`ssh-keyscan -p ${sshd.port} 127.0.0.1 >> ${file}`);
  });
  test('where ~/.ssh is not there yet, the command makes it', async () => {
    const file = path.join(sshd.folder, 'nothere/known_hosts');
    const { suggestions } = await refusal(file);
    const command = suggestions.find((suggestion) => suggestion.includes('ssh-keyscan'))!;
    expect(command).toMatch(/^mkdir -p -m 700 .*nothere && ssh-keyscan -p/);
    await run('sh', ['-c', command]);
    expect(await reach(file)).toBe(0);
  });
  test('is known after the suggested command', async () => {
    const file = await knownHostsOf('');
    const command = (await refusal(file)).suggestions.find((suggestion) =>
      suggestion.startsWith('ssh-keyscan'),
    )!;
    await run('sh', ['-c', command]);
    expect(await reach(file)).toBe(0);
  });
  test('that changed is refused, naming the line and the way to forget it', async () => {
    const other = path.join(sshd.folder, 'other_key');
    await run('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', other]);
    const [type, key] = (await readFile(`${other}.pub`, 'utf8')).split(' ');
    const file = await knownHostsOf(`# first line\n[127.0.0.1]:${sshd.port} ${type} ${key}\n`);
    const error = await refusal(file);
    expect(error.code).toBe('HOST_KEY_CHANGED');
    expect(error.message).toContain(`${file}:2`);
    const forget = error.suggestions
      .find((suggestion) => suggestion.includes('ssh-keygen'))!
      .replace('then forget the old key: ', '');
    await run('sh', ['-c', forget]);
    expect((await refusal(file)).code).toBe('HOST_KEY_UNKNOWN');
  });
  test('that changes while a transport lives ends its next dial', async () => {
    const before = await startSshd();
    const { port, user, identityFile, knownHosts } = before;
    await using transport = await openSshTransport({
      host: `${user}@127.0.0.1`,
      port,
      configFile: 'none',
      identityFile,
      knownHosts: await knownHostsOf(await readFile(knownHosts, 'utf8')),
    });
    expect((await (await transport.host.run(['true'])).finished).exitCode).toBe(0);
    await before[Symbol.asyncDispose]();
    await using after = await startSshd({ port });
    await expect(transport.host.run(['true'])).rejects.toMatchObject({
      code: 'HOST_KEY_CHANGED',
      exitCode: 6,
    });
    expect(after.port).toBe(port);
  });
  test('that is revoked is refused though another line has it', async () => {
    const line = sshd.hostKeys.ed25519!;
    const file = await knownHostsOf(`${line}\n@revoked * ${line.split(' ').slice(1).join(' ')}\n`);
    const error = await refusal(file);
    expect(error.code).toBe('HOST_KEY_CHANGED');
    expect(error.message).toMatch(/revoked in .*:2/);
  });
  test('vouched for by a certificate authority alone is refused with a word about it', async () => {
    const error = await refusal(await knownHostsOf(`@cert-authority ${sshd.hostKeys.ed25519!}\n`));
    expect(error.code).toBe('HOST_KEY_UNKNOWN');
    expect(error.suggestions.join()).toContain('certificates');
  });
  test('of an impostor behind an open port lets no login begin', async () => {
    await using impostor = await startSshd();
    const file = await knownHostsOf(sshd.hostKeys.ed25519!.replace(`:${sshd.port}`, `:${impostor.port}`));
    await using transport = await openSshTransport({
      host: `127.0.0.1:${impostor.port}`,
      configFile: 'none',
      identityFile: impostor.identityFile,
      knownHosts: file,
    });
    await expect(transport.host.run(['true'])).rejects.toMatchObject({ code: 'HOST_KEY_CHANGED' });
  });
});

describe('known_hosts', () => {
  test('finds the same hosts as ssh-keygen', async () => {
    const key = sshd.hostKeys.ed25519!.split(' ').slice(1).join(' ').trim();
    const names = [
      'gpu-box',
      '*.lab.example',
      '!bad.lab.example,*.lab.example',
      'gpu-?',
      '[gpu-box]:2222',
      '10.0.0.*,gpu-box2',
      'GPU-Upper',
    ];
    const asked = [
      'gpu-box',
      'gpu-1',
      'gpu-12',
      'a.lab.example',
      'bad.lab.example',
      '[gpu-box]:2222',
      '10.0.0.7',
      'gpu-box2',
      'gpu-upper',
    ];
    for (const name of names) {
      const file = await knownHostsOf(`${name} ${key}\n`);
      for (const host of asked) {
        const found = await run('ssh-keygen', ['-F', host, '-f', file]).then(
          () => true,
          () => false,
        );
        expect(namesHost(name, host), `${name} for ${host}`).toBe(found);
      }
    }
  });
  test('skips lines that are none and reads the others', () => {
    const known = parseKnownHosts(
      '\n# a comment\nnonsense\n@revoked h ssh-ed25519 AAAA\n@strange h ssh-ed25519 AAAA\nh,i ssh-rsa AAAA note\n',
      'f',
    );
    expect(known.map(({ where, mark, names, type }) => [where, mark, names, type])).toEqual([
      ['f:4', 'revoked', 'h', 'ssh-ed25519'],
      ['f:6', undefined, 'h,i', 'ssh-rsa'],
    ]);
  });
  test('lets a bare name vouch for another port only when the key agrees', () => {
    const key = Buffer.concat([Buffer.from([0, 0, 0, 11]), Buffer.from('ssh-ed25519'), Buffer.alloc(36, 1)]);
    const [other] = [Buffer.from(key)];
    other[30] = 9;
    const known = [{ where: 'f:1', names: 'h', type: 'ssh-ed25519', key }];
    expect(judgeHostKey(known, '[h]:22222', 'h', key).verdict).toBe('known');
    expect(judgeHostKey(known, '[h]:22222', 'h', other).verdict).toBe('unknown');
    expect(judgeHostKey(known, 'h', 'h', other).verdict).toBe('changed');
  });
  test('appended while a transport lives counts for its next dial', async () => {
    const file = await knownHostsOf('');
    await using transport = await openSshTransport({
      host: 'far',
      configFile: sshd.configFile,
      knownHosts: file,
    });
    await expect(transport.host.run(['true'])).rejects.toMatchObject({ code: 'HOST_KEY_UNKNOWN' });
    await appendFile(file, sshd.hostKeys.ecdsa!);
    expect((await (await transport.host.run(['true'])).finished).exitCode).toBe(0);
  });
});
