import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { afterAll, expect, test } from 'vitest';
import { startSshd, type Sshd } from '../../test/sshd/start-sshd.ts';
import { farsim, startFarsim } from './farsim.ts';

const cwd = mkdtempSync(path.join(os.tmpdir(), 'farsim-ssh-'));
afterAll(() => rmSync(cwd, { recursive: true }));

/** A config whose simulator runs where `host` says, and farsim run on it. */
async function runOn(
  name: string,
  host: object,
): Promise<{ status: number | null; answer: Record<string, unknown> }> {
  const config = {
    version: 1,
    hosts: { box: { ssh: host } },
    simulators: { plant: { use: 'counter', on: 'box', envs: 2 } },
    run: { controller: { use: 'random' }, episodes: 2, steps: 50 },
  };
  writeFileSync(path.join(cwd, `${name}.yaml`), JSON.stringify(config));
  const env = { XDG_CONFIG_HOME: path.join(cwd, 'config') };
  const { status, stdout } = await farsim(['run', `${name}.yaml`, '--json'], { cwd, env });
  return { status, answer: JSON.parse(stdout) as Record<string, unknown> };
}

function hostOf({ port, user, identityFile, knownHosts }: Sshd): Record<string, unknown> {
  return { host: '127.0.0.1', port, user, identityFile, knownHosts, configFile: 'none' };
}

test.each(['ssh2', 'openssh'])(
  'a host of the config is reached over SSH by %s, and the ledger proves every step',
  async (client) => {
    await using sshd = await startSshd();
    const { status, answer } = await runOn(`good-${client}`, { ...hostOf(sshd), client });
    expect(answer).toMatchObject({ reason: 'finished', steps: 50 });
    expect(status).toBe(0);
    const proof = await farsim(['data', 'info', String(answer.folder), '--verify', '--json'], { cwd });
    expect(JSON.parse(proof.stdout)).toMatchObject({ verified: { entries: 51, faults: [], gaps: [] } });
  },
);

test('a machine that nobody knows, one that has changed, and one that refuses have their own exit statuses', async () => {
  await using sshd = await startSshd();
  await using stranger = await startSshd({ acceptsKey: false });
  const nobody = path.join(cwd, 'known_hosts');
  writeFileSync(nobody, '');
  const unknown = await runOn('unknown', { ...hostOf(sshd), knownHosts: nobody });
  expect(unknown).toMatchObject({
    status: 6,
    answer: {
      error: {
        code: 'HOST_KEY_UNKNOWN',
        suggestions: expect.arrayContaining([expect.stringContaining('ssh-keyscan')]),
      },
    },
  });
  const line = Object.values(stranger.hostKeys)[0]!.replace(/^\S+/, `[127.0.0.1]:${sshd.port}`);
  writeFileSync(nobody, `${line}\n`);
  const changed = await runOn('changed', { ...hostOf(sshd), knownHosts: nobody });
  expect(changed).toMatchObject({ status: 6, answer: { error: { code: 'HOST_KEY_CHANGED' } } });
  const refused = await runOn('refused', hostOf(stranger));
  expect(refused).toMatchObject({ status: 5, answer: { error: { code: 'LOGIN_REFUSED' } } });
});

test.each(['ssh2', 'openssh'])(
  'Ctrl-C on the terminal of a run by %s is an orderly end, far side included',
  async (client) => {
    await using sshd = await startSshd();
    const config = {
      version: 1,
      hosts: { box: { ssh: { ...hostOf(sshd), client } } },
      simulators: { plant: { use: 'counter', on: 'box' } },
      run: { episodes: 1, steps: 10_000_000 },
    };
    const file = path.join(cwd, `interrupted-${client}.yaml`);
    writeFileSync(file, JSON.stringify(config));
    const binary = path.join(import.meta.dirname, '../bin/farsim.js');
    // a terminal's Ctrl-C reaches the whole group, the ssh programs too
    const running = spawn(process.execPath, [binary, 'run', file, '--json'], {
      cwd,
      detached: true,
      stdio: 'pipe',
    });
    let stdout = '';
    running.stdout.on('data', (chunk) => (stdout += String(chunk)));
    running.stderr.resume();
    const stepping = (): boolean =>
      readdirSync(path.join(cwd, 'runs')).some((run) => {
        const [round, exit] = ['rounds/000000.mcap', 'exit.json'].map((file) =>
          path.join(cwd, 'runs', run, file),
        );
        return existsSync(round!) && !existsSync(exit!);
      });
    await expect.poll(stepping, { timeout: 15_000 }).toBe(true);
    await setTimeout(500);
    process.kill(-running.pid!, 'SIGINT');
    const [status] = (await once(running, 'close')) as [number | null];
    expect(JSON.parse(stdout)).toMatchObject({ reason: 'interrupted' });
    expect(status).toBe(130);
    expect(await sshd.signalSessions('SIGCONT')).toBe(0);
  },
);

test.each(['ssh2', 'openssh'])(
  'Ctrl-C while a machine by %s does not answer ends a run at once',
  async (client) => {
    const silent = net.createServer(() => undefined).listen(0, '127.0.0.1');
    await once(silent, 'listening');
    const connected = once(silent, 'connection');
    const { port } = silent.address() as net.AddressInfo;
    const config = {
      version: 1,
      hosts: { box: { ssh: { host: '127.0.0.1', port, configFile: 'none', client, connectTimeout: 60 } } },
      simulators: { plant: { use: 'counter', on: 'box' } },
      run: { episodes: 1 },
    };
    const file = path.join(cwd, `silent-${client}.yaml`);
    writeFileSync(file, JSON.stringify(config));
    const running = startFarsim(['run', file, '--json'], { cwd });
    const [socket] = (await connected) as [net.Socket];
    running.process.kill('SIGINT');
    const began = performance.now();
    const { status, stdout } = await running.ended;
    expect(performance.now() - began).toBeLessThan(20_000);
    expect(status).toBe(130);
    expect(JSON.parse(stdout)).toMatchObject({ error: { code: 'INTERRUPTED' } });
    socket.destroy();
    silent.close();
  },
);

test('doctor refuses a machine whose name is an option', async () => {
  const { status, stdout } = await farsim(['doctor', '--json', '--', '-oProxyCommand=touch ran'], { cwd });
  expect(status).toBe(4);
  expect(JSON.parse(stdout)).toMatchObject({ ok: false });
});

test.each([
  ['on', { on: '-oProxyCommand=touch ran' }],
  ['on', { on: 'me@$(touch ran)' }],
  ['ssh', { on: 'box' }, '-oProxyCommand=touch ran'],
  ['user', { on: 'box' }, { host: 'gpu-box', user: '-oProxyCommand=touch ran' }],
])(
  'a destination under `%s` that is an option or a command is refused before anything runs',
  async (_, section, ssh?: unknown) => {
    const file = path.join(cwd, 'evil.yaml');
    const config = {
      version: 1,
      ...(ssh !== undefined && { hosts: { box: { ssh } } }),
      simulators: { plant: { use: 'counter', ...section } },
      run: { episodes: 1 },
    };
    writeFileSync(file, JSON.stringify(config, undefined, 1));
    const { status, stdout } = await farsim(['run', file, '--json'], { cwd });
    const { error } = JSON.parse(stdout) as { readonly error: object };
    expect(error).toMatchObject({
      code: 'CONFIG_INVALID',
      message: expect.stringMatching(/evil\.yaml:\d+:\d+: /),
    });
    expect(status).toBe(4);
    expect(existsSync(path.join(cwd, 'ran'))).toBe(false);
  },
);
