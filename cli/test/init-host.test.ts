import { spawnSync } from 'node:child_process';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { PluginFinder, loadConfig, planPipeline } from '@farsim/core';
import { beginConfig } from '../src/init/begin-config.ts';
import { chooseBeginning, chooseGpu } from '../src/init/choose-beginning.ts';
import { makeConda } from '../../test/surroundings/make-conda.ts';
import { startSshd, type Sshd } from '../../test/sshd/start-sshd.ts';
import { farsim } from './farsim.ts';

const cwd = mkdtempSync(path.join(os.tmpdir(), 'farsim-init-'));
const home = path.join(cwd, 'home');
const bin = path.join(cwd, 'bin');
const conda = path.join(cwd, 'conda');
const imported = path.join(cwd, 'imported');
const hosts = path.join(cwd, 'config/farsim/hosts.yaml');
const options = { cwd, env: { XDG_CONFIG_HOME: path.join(cwd, 'config') } };
let sshd: Sshd;

/** A virtual environment in which packages are installed as far as pip tells. */
function makeEnvironment(folder: string, packages: Readonly<Record<string, string>>, code = ''): void {
  const made = spawnSync('python3', ['-m', 'venv', '--without-pip', folder], { encoding: 'utf8' });
  expect(made).toMatchObject({ status: 0 });
  const ask = ['-c', 'import sysconfig; print(sysconfig.get_path("purelib"))'];
  const { stdout } = spawnSync(path.join(folder, 'bin/python'), ask, { encoding: 'utf8' });
  for (const [name, version] of Object.entries(packages)) {
    const about = path.join(stdout.trim(), `${name}-${version}.dist-info`);
    mkdirSync(about);
    writeFileSync(path.join(stdout.trim(), `${name}.py`), code);
    writeFileSync(
      path.join(about, 'METADATA'),
      `Metadata-Version: 2.1\nName: ${name}\nVersion: ${version}\n`,
    );
  }
}

function writeProgram(name: string, text: string): void {
  mkdirSync(path.dirname(name), { recursive: true });
  writeFileSync(name, `#!/bin/sh\n${text}\n`, { mode: 0o755 });
}

beforeAll(async () => {
  sshd = await startSshd();
  await makeConda(conda);
  rmSync(path.join(conda, 'envs/sim/bin/python'));
  makeEnvironment(path.join(conda, 'envs/sim'), { gymnasium: '1.4.0', mujoco: '3.14.0', imageio: '2.38.1' });
  makeEnvironment(path.join(home, 'newton/.venv'), { newton: '1.2.0' });
  // an import of it would be seen
  makeEnvironment(path.join(home, 'lab'), { isaacsim: '5.1.0' }, `open(${JSON.stringify(imported)}, "w")`);
  writeProgram(
    path.join(bin, 'nvidia-smi'),
    `case $1 in
  --query-gpu=*) echo '0, NVIDIA L40S, 46068, 30111, 550.54, GPU-a'; echo '1, NVIDIA L40S, 46068, 3, 550.54, GPU-b' ;;
  *) echo 'GPU-a, 4711, 30000' ;;
esac`,
  );
  const { port, user, identityFile, knownHosts } = sshd;
  const ssh = { host: '127.0.0.1', port, user, identityFile, knownHosts, configFile: 'none' };
  const launch = ['env', `HOME=${home}`, `CONDA_EXE=${conda}/bin/conda`, `PATH=${bin}:/usr/bin:/bin`];
  mkdirSync(path.dirname(hosts), { recursive: true });
  writeFileSync(
    hosts,
    `# machines of ours\nbox: ${JSON.stringify({ ssh, launch })}\nfixed: ${JSON.stringify({ ssh, launch, python: `${home}/newton/.venv/bin/python` })}\n`,
  );
});
afterAll(async () => {
  await sshd[Symbol.asyncDispose]();
  rmSync(cwd, { recursive: true });
});

interface Begun {
  readonly files: readonly string[];
  readonly host: {
    readonly entry: Readonly<Record<string, unknown>>;
    readonly interpreters: readonly { readonly python: string; readonly packages: object }[];
    readonly chose: readonly string[];
  };
}

test('init looks at a machine without importing anything, and writes what it found into the config and hosts.yaml', async () => {
  const began = performance.now();
  const { status, stdout, stderr } = await farsim(['init', 'box.yaml', '--host', 'box', '--json'], options);
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  expect(performance.now() - began).toBeLessThan(30_000);
  const { files, host } = JSON.parse(stdout) as Begun;
  expect(files).toEqual(['box.yaml', 'farsim.schema.json', hosts]);
  const found = host.interpreters.filter(({ packages }) => Object.keys(packages).length > 0);
  expect(found).toMatchObject([
    { python: 'conda:sim', packages: { gymnasium: '1.4.0', mujoco: '3.14.0' } },
    { python: `${home}/lab/bin/python`, packages: { isaacsim: '5.1.0' } },
    { python: `${home}/newton/.venv/bin/python`, packages: { newton: '1.2.0' } },
  ]);
  expect(existsSync(imported)).toBe(false);
  expect(host.entry).toMatchObject({ python: 'conda:sim', gpu: 1 });
  expect(host.chose).toEqual([
    'gymnasium, task Ant-v5: conda:sim has mujoco 3.14.0, gymnasium 1.4.0',
    'gpu 1: NVIDIA L40S: nobody computes on it, 3 of 46068 MiB used',
  ]);
  const list = readFileSync(hosts, 'utf8');
  expect(list).toContain('# machines of ours\n');
  expect(list).toContain('conda:sim');
  expect(readFileSync(path.join(cwd, 'box.yaml'), 'utf8')).toContain(
    '{ use: gymnasium, task: Ant-v5, on: box }',
  );
  expect(await farsim(['config', 'check', 'box.yaml'], options)).toMatchObject({ status: 0 });
});

test('what hosts.yaml says of the interpreter stands; what it lacks is made in an environment of farsim’s', async () => {
  const { status, stdout } = await farsim(['init', 'fixed.yaml', '--host', 'fixed'], options);
  expect(status).toBe(0);
  expect(stdout).toContain(`found  ${home}/newton/.venv/bin/python (Python `);
  expect(stdout).toContain(
    'found  GPU: 0: NVIDIA L40S, 30111 of 46068 MiB used, held by 4711; 1: NVIDIA L40S',
  );
  expect(stdout).toContain(`chose  python ${home}/newton/.venv/bin/python: hosts.yaml says so`);
  expect(readFileSync(path.join(cwd, 'fixed.yaml'), 'utf8')).toContain('on: fixed, python: managed }');
});

test('a virtual environment that is named is looked into too, by its folder', async () => {
  const elsewhere = path.join(cwd, 'elsewhere/deep/er');
  makeEnvironment(elsewhere, { mujoco: '3.3.7' });
  writeFileSync(path.join(cwd, 'arm.xml'), '<mujoco/>');
  const words = ['init', 'arm.yaml', '--model', 'arm.xml', '--host', 'local', '--python', elsewhere];
  const { status } = await farsim(words, {
    cwd,
    env: { ...options.env, HOME: home, PATH: `${bin}:/usr/bin:/bin` },
  });
  expect(status).toBe(0);
  expect(readFileSync(path.join(cwd, 'arm.yaml'), 'utf8')).toContain(
    `{ use: mujoco-native, model: arm.xml, on: local, python: ${JSON.stringify(`${elsewhere}/bin/python`)} }`,
  );
});

test('a machine that no list has is put into one under its own name, and known by that from then on', async () => {
  const near = path.join(cwd, 'near');
  mkdirSync(path.join(near, '.ssh'), { recursive: true });
  copyFileSync(sshd.configFile, path.join(near, '.ssh/config'));
  // without an ssh of the system's the user's own config is read
  const fresh = { cwd, env: { HOME: near, PATH: near, XDG_CONFIG_HOME: path.join(near, '.config') } };
  const elsewhere = path.join(cwd, 'another');
  makeEnvironment(elsewhere, { gymnasium: '1.4.0', mujoco: '3.14.0', imageio: '2.38.1' });
  const words = ['init', 'far.yaml', '--host', `${sshd.user}@far`, '--python', elsewhere];
  const { status, stdout, stderr } = await farsim(words, fresh);
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  const list = path.join(near, '.config/farsim/hosts.yaml');
  expect(stdout).toContain(`and ${list}\n`);
  const python = `${elsewhere}/bin/python`;
  expect(readFileSync(list, 'utf8')).toBe(`far: { ssh: ${sshd.user}@far, python: ${python} }\n`);
  expect(readFileSync(path.join(cwd, 'far.yaml'), 'utf8')).toContain('task: Ant-v5, on: far }');
  expect((await farsim(['doctor', 'far'], fresh)).stdout).toContain(
    `ok   far simulators: ${python} (Python 3.`,
  );
});

test('a machine that cannot be reached leaves nothing written', async () => {
  const { status, stdout } = await farsim(
    ['init', 'none.yaml', '--host', 'no-such.invalid', '--json'],
    options,
  );
  expect(status).toBe(5);
  expect(JSON.parse(stdout)).toMatchObject({ error: { code: 'HOST_UNREACHABLE' } });
  expect(() => readFileSync(path.join(cwd, 'none.yaml'))).toThrow('ENOENT');
});

test('doctor tells which simulators a machine has, however long one of its interpreters takes', async () => {
  writeProgram(path.join(home, 'isaac-sim/python.sh'), 'exec sleep 60');
  const { stdout } = await farsim(['doctor', 'box', '--json'], options);
  const { findings } = JSON.parse(stdout) as { findings: { what: string; said: string }[] };
  expect(findings.find(({ what }) => what === 'box simulators')!.said).toMatch(
    /^conda:sim \(Python 3\.\d+\.\d+\): mujoco 3\.14\.0, gymnasium 1\.4\.0; .*isaacsim 5\.1\.0; .*newton 1\.2\.0$/,
  );
});

test('Isaac Lab goes before what is lighter where a plugin drives it, and an interpreter that is too old is left out', () => {
  const isaac = {
    python: 'conda:lab',
    path: '',
    version: '3.11.1',
    newEnough: true,
    packages: { isaaclab: '2.3.0' },
  };
  const old = { ...isaac, python: 'conda:old', newEnough: false };
  const plugin = { kind: 'simulator', name: 'isaac', summary: '' } as never;
  const choose = (interpreters: (typeof isaac)[], plugins: never[]): unknown =>
    chooseBeginning({ interpreters, plugins, model: false });
  expect(choose([old, isaac], [plugin])).toMatchObject({
    use: 'isaac',
    interpreter: isaac,
    why: 'conda:lab has isaaclab 2.3.0 (kit-less)',
  });
  expect(choose([old], [plugin])).toMatchObject({ use: 'gymnasium' });
  expect(choose([isaac], [])).toMatchObject({ use: 'gymnasium' });
});

test.each([
  ['isaac', { isaaclab: '2.3.0', isaacsim: '5.1.0' }],
  ['isaac', { isaaclab: '3.0.0', newton: '1.2.0' }],
  ['mjlab', { mjlab: '1.6.0', mujoco: '3.14.0' }],
  ['gymnasium', { newton: '1.2.0' }],
])('a config that begins with %s where there is %o is one that farsim takes', async (use, packages) => {
  const { plugins } = await new PluginFinder().loadAll(cwd);
  const there = { python: 'conda:lab', path: '', version: '3.11.1', newEnough: true, packages };
  const beginning = chooseBeginning({ interpreters: [there], plugins, model: false });
  expect(beginning.use).toBe(use);
  const text = beginConfig({
    ...beginning,
    schema: 'farsim.schema.json',
    on: 'gpu-box',
    python: 'conda:lab',
  });
  writeFileSync(path.join(cwd, 'begun.yaml'), text);
  const plan = await planPipeline(loadConfig(path.join(cwd, 'begun.yaml')), new PluginFinder());
  expect(plan.simulators).toContain('plant');
});

test('one card is not chosen, of several the freest is', () => {
  const card = { name: 'L4', memoryTotal: '24576', memoryUsed: '20000', driver: '', pids: [1] };
  const machine = (gpus: object[]): never => ({ gpus }) as never;
  expect(chooseGpu(machine([{ index: 0, ...card }]))).toBeUndefined();
  const freer = { index: 1, ...card, memoryUsed: '900' };
  expect(chooseGpu(machine([{ index: 0, ...card }, freer]))).toMatchObject({ gpu: 1 });
});
