import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { startSshd, type Sshd } from '../../test/sshd/start-sshd.ts';
import { farsim } from './farsim.ts';

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

test('a host of the config is reached over SSH, and the ledger proves every step', async () => {
  await using sshd = await startSshd();
  const { status, answer } = await runOn('good', hostOf(sshd));
  expect(answer).toMatchObject({ reason: 'finished', steps: 50 });
  expect(status).toBe(0);
  const proof = await farsim(['data', 'info', String(answer.folder), '--verify', '--json'], { cwd });
  expect(JSON.parse(proof.stdout)).toMatchObject({ verified: { entries: 51, faults: [], gaps: [] } });
});

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
