import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Host } from '@farsim/core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { mayOpenNamespaces, openNamespaces, type Namespaces } from '../../../test/sshd/network-namespaces.ts';
import { startSshd, type Sshd, type SshdOptions } from '../../../test/sshd/start-sshd.ts';
import { resolveSshSettings } from '../src/config/ssh-settings.ts';
import { openSshTransport, type SshTransport } from '../src/ssh-transport.ts';

async function output(host: Host, argv: readonly string[]): Promise<string> {
  const { stdout } = await (await host.run(argv)).finished;
  return Buffer.from(stdout).toString();
}

/** An ssh_config with a host for each server, each behind the one before it. */
async function writeRoute(servers: Readonly<Record<string, Sshd>>, known?: Sshd): Promise<string> {
  const names = Object.keys(servers);
  const hosts = Object.entries(servers).map(([name, { address, port, identityFile, knownHosts }], i) => [
    `Host ${name}`,
    `  HostName ${address}`,
    `  Port ${port}`,
    `  IdentityFile ${identityFile}`,
    '  IdentitiesOnly yes',
    `  UserKnownHostsFile ${(known ?? { knownHosts }).knownHosts}`,
    ...(i === 0 ? [] : [`  ProxyJump ${names[i - 1]}`]),
  ]);
  const file = path.join(Object.values(servers)[0]!.folder, `route.${names.join('.')}`);
  await writeFile(file, `${hosts.flat().join('\n')}\n`);
  return file;
}

describe('a jump host', () => {
  let inner: Sshd;
  beforeAll(async () => {
    inner = await startSshd();
  });
  afterAll(() => inner[Symbol.asyncDispose]());

  test('is gone through, its key verified like any other', async () => {
    await using bastion = await startSshd();
    const config = await writeRoute({ bastion, inner });
    await using transport = await openSshTransport({ host: 'inner', configFile: config });
    expect(await output(transport.host, ['sh', '-c', 'echo $SSH_CONNECTION'])).toContain(` ${inner.port}\n`);
    const untrusting = await writeRoute({ bastion, far: inner }, inner);
    await using untrusted = await openSshTransport({ host: 'far', configFile: untrusting });
    await expect(untrusted.host.run(['true'])).rejects.toMatchObject({
      code: 'HOST_KEY_UNKNOWN',
      message: expect.stringContaining('bastion'),
    });
  });
  test('that refuses sessions is named, and gone through all the same', async () => {
    await using closed = await startSshd({ maxSessions: 0 });
    const said: string[] = [];
    const config = await writeRoute({ closed, inner });
    await using transport = await openSshTransport({ host: 'inner', configFile: config }, (line) =>
      said.push(line),
    );
    expect(await output(transport.host, ['echo', 'there'])).toBe('there\n');
    expect(said).toEqual([expect.stringContaining('closed refuses a session')]);
  });
  test('that passes nothing on is HOST_UNREACHABLE, which names it', async () => {
    await using narrow = await startSshd({ config: ['AllowTcpForwarding no'] });
    await using transport = await openSshTransport({
      host: 'inner',
      configFile: await writeRoute({ narrow, inner }),
    });
    await expect(transport.host.run(['true'])).rejects.toMatchObject({
      code: 'HOST_UNREACHABLE',
      message: expect.stringMatching(/^narrow does not pass connections on to inner/),
    });
  });
  test('that leads back to itself is refused', async () => {
    const config = path.join(inner.folder, 'circle');
    await writeFile(config, 'Host a\n  ProxyJump b\nHost b\n  ProxyJump a\n');
    await expect(resolveSshSettings({ host: 'a', configFile: config })).rejects.toMatchObject({
      code: 'UNSUPPORTED',
      message: expect.stringContaining('jump hosts'),
    });
  });
  test.each(['-oProxyCommand=touch x', 'a;b', 'me@$(x)'])('such as %j is refused', async (jump) => {
    const config = path.join(inner.folder, 'evil-jump');
    await writeFile(config, `Host evil\n  ProxyJump ${jump}\n`);
    const options = { host: 'evil', configFile: config };
    for (const sshProgram of [undefined, '/nowhere/ssh'])
      await expect(resolveSshSettings({ ...options, sshProgram })).rejects.toMatchObject({ exitCode: 4 });
  });
  test('in a list has the hops of the first before it', async () => {
    const config = path.join(inner.folder, 'list');
    await writeFile(config, 'Host a\n  ProxyJump b,c\nHost b\n  ProxyJump d\nHost c\n  ProxyJump e\n');
    const { hops } = await resolveSshSettings({ host: 'a', configFile: config });
    expect(hops.map(({ name }) => name)).toEqual(['d', 'b', 'c']);
  });
});

const far = 'two jump hosts, on machines of their own';
describe.runIf(mayOpenNamespaces(far))(far, () => {
  let network: Namespaces;
  let servers: { outer: Sshd; middle: Sshd; inner: Sshd };
  let config: string;
  beforeAll(async () => {
    network = await openNamespaces(3);
    const start = (i: number, options: SshdOptions = {}): Promise<Sshd> =>
      startSshd({ on: network.machines[i]!, ...options });
    const [outer, middle, inner] = await Promise.all([
      start(0),
      start(1, { forceCommand: '/usr/sbin/nologin' }),
      start(2, { loginShellSays: 'Welcome to the inner machine' }),
    ]);
    servers = { outer, middle, inner };
    config = await writeRoute(servers);
  });
  afterAll(async () => {
    for (const server of Object.values(servers)) await server[Symbol.asyncDispose]();
    await network[Symbol.asyncDispose]();
  });
  describe.each(['ssh2', 'openssh'] as const)('by %s,', (client) => {
    const open = (connectTimeout = 15): Promise<SshTransport> =>
      openSshTransport({ host: 'inner', configFile: config, connectTimeout, client });

    test('lead to a machine that is not reached otherwise, one of them with a forced command', async () => {
      await using transport = await open();
      const from = await output(transport.host, ['sh', '-c', 'echo $SSH_CONNECTION']);
      expect(from).toContain('Welcome to the inner machine');
      expect(from).toContain(`${network.machines[2]!.address} 22\n`);
      await transport.host.upload(new Map([['a/b', Buffer.from('12345')]]), `${servers.inner.folder}/up`);
      expect(await output(transport.host, ['cat', `${servers.inner.folder}/up/a/b`])).toContain('12345');
    });
    test('to a machine that does not answer end as HOST_UNREACHABLE', async () => {
      await network.machines[2]!.cut();
      await using transport = await open(1);
      await expect(transport.host.run(['true'])).rejects.toMatchObject({
        code: 'HOST_UNREACHABLE',
        message: expect.stringMatching(client === 'ssh2' ? /cannot be reached from middle/ : /^inner/),
      });
      await network.machines[2]!.mend();
    });
    test('are left at once when the caller gives up, and nothing of the way stays', async () => {
      await network.machines[2]!.cut();
      await using transport = await open();
      const stop = new AbortController();
      const running = transport.host.run(['true'], { signal: stop.signal }).catch((error: unknown) => error);
      await expect.poll(() => servers.middle.signalSessions('SIGCONT')).toBeGreaterThan(0);
      await sleep(300);
      stop.abort();
      const began = performance.now();
      expect(await running).toMatchObject({ code: 'INTERRUPTED' });
      await transport[Symbol.asyncDispose]();
      expect(performance.now() - began).toBeLessThan(8_000);
      await expect.poll(() => servers.outer.signalSessions('SIGCONT')).toBe(0);
      await network.machines[2]!.mend();
    });
    test('are dialled again when a link was away and came back', async () => {
      await using transport = await open();
      expect(await output(transport.host, ['echo', 'before'])).toContain('before');
      await network.machines[0]!.cut();
      const running = await transport.host.run(['sleep', '60']).catch((error: unknown) => error);
      const outcome =
        running instanceof Error
          ? running
          : await (running as Awaited<ReturnType<Host['run']>>).finished.catch((error: unknown) => error);
      expect(outcome).toMatchObject({ code: 'LINK_LOST' });
      const again = output(transport.host, ['echo', 'after']);
      await network.machines[0]!.mend();
      expect(await again).toContain('after');
    });
  });
});
