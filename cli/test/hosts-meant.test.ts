import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { startSshd } from '../../test/sshd/start-sshd.ts';
import { farsim } from './farsim.ts';

const cwd = mkdtempSync(path.join(os.tmpdir(), 'farsim-meant-'));
afterAll(() => rmSync(cwd, { recursive: true }));
const options = { cwd, env: { XDG_CONFIG_HOME: path.join(cwd, 'config') } };

mkdirSync(path.join(cwd, 'config/farsim'), { recursive: true });
writeFileSync(path.join(cwd, 'config/farsim/hosts.yaml'), 'bench: {}\n');
writeFileSync(
  path.join(cwd, 'gpu.yaml'),
  'version: 1\nhosts: { gpu: {} }\nsimulators:\n  plant: { use: counter, on: gpu }\nrun: { steps: 3 }\n',
);

test.each([
  ['gpuu', 'gpu'],
  ['lokal', 'local'],
  ['bensch', 'bench'],
])('a run on %s, which nobody knows, asks whether %s was meant', async (on, meant) => {
  const { status, stderr } = await farsim(['run', 'gpu.yaml', `simulators.plant.on=${on}`], options);
  expect(stderr).toContain(`HOST_UNREACHABLE: ${on}`);
  expect(stderr).toContain(`did you mean host '${meant}'?`);
  expect(status).toBe(5);
});

test('doctor knows the hosts of hosts.yaml, and with --config those of a config', async () => {
  const [listed, named, unknown] = await Promise.all([
    farsim(['doctor', 'bench'], options),
    farsim(['doctor', 'gpu', '--config', 'gpu.yaml'], options),
    farsim(['doctor', 'gpuu', '--config', 'gpu.yaml', '--json'], options),
  ]);
  expect(listed.stdout).toContain('ok   bench reached');
  expect(named.stdout).toContain('ok   gpu reached');
  expect(unknown.status).toBe(5);
  expect(JSON.parse(unknown.stdout)).toMatchObject({
    ok: false,
    findings: expect.arrayContaining([
      expect.objectContaining({ what: 'gpuu', hints: expect.arrayContaining(["did you mean host 'gpu'?"]) }),
    ]),
  });
});

test('a refused login is told with the words that ssh takes', async () => {
  await using sshd = await startSshd({ acceptsKey: false });
  const { port, user, knownHosts, identityFile } = sshd;
  const ssh = { host: `${user}@127.0.0.1:${port}`, knownHosts, identityFile, configFile: 'none' };
  const override = `+hosts.gpu.ssh=${JSON.stringify(ssh)}`;
  const { status, stderr } = await farsim(['run', 'gpu.yaml', override], options);
  expect(stderr).toContain(`ssh-copy-id -p ${port} ${user}@127.0.0.1\n`);
  expect(stderr).toContain(`ssh -v -p ${port} ${user}@127.0.0.1\n`);
  expect(status).toBe(5);
});
