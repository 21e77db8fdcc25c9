import {
  existsSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  readlinkSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { PluginFinder, loadConfig, planPipeline } from '@farsim/core';
import { afterAll, describe, expect, test } from 'vitest';
import { makeCertificates } from '../../test/make-certificates.ts';
import { farsim, startFarsim } from './farsim.ts';

const cwd = mkdtempSync(path.join(os.tmpdir(), 'farsim-cli-'));
afterAll(() => rmSync(cwd, { recursive: true }));
const env = { XDG_CONFIG_HOME: path.join(cwd, 'config') };
const options = { cwd, env };

const plugin = path.join(import.meta.dirname, 'fixtures/slow-counter.ts');
writeFileSync(
  path.join(cwd, 'counter.yaml'),
  `version: 1\nsimulators:\n  plant: { use: ${plugin}, envs: 2 }\nrun: { controller: { use: random, seed: 1 }, episodes: 4, steps: 5 }\n`,
);

interface JsonError {
  readonly error: {
    readonly code: string;
    readonly message: string;
    readonly suggestions: string[];
    readonly exit: number;
  };
}

describe('the command line', () => {
  test('--help names the verbs', async () => {
    const { status, stdout } = await farsim(['--help'], options);
    expect(status).toBe(0);
    expect(stdout).toContain('farsim init');
    const verbs = 'run sync demo replay render serve doctor conform init plugins config data host map model';
    for (const verb of verbs.split(' ')) expect(stdout).toMatch(new RegExp(`^  ${verb} `, 'm'));
  });

  test.each([
    ['a verb that is not there', ['rnu'], 2, 'USAGE'],
    ['a flag that is not there', ['plugins', '--colour'], 2, 'USAGE'],
    ['run without a config', ['run'], 2, 'USAGE'],
    ['a config that is not there', ['run', 'none.yaml'], 4, 'FILE_NOT_FOUND'],
    ['an override of a key that is not there', ['run', 'counter.yaml', 'run.stepz=1'], 4, 'UNKNOWN_KEY'],
    ['a log of no session', ['host', 'logs'], 2, 'USAGE'],
    ['a span of time that is none', ['run', 'counter.yaml', '--keep', 'soon'], 2, 'USAGE'],
    ['a recording that is not there', ['data', 'info', 'runs/none'], 4, 'FILE_NOT_FOUND'],
  ] as const)(
    '%s ends with its exit status, its code and its sentence, for readers and for programs',
    async (_, words, exit, code) => {
      const [read, program] = await Promise.all([
        farsim(words, options),
        farsim([...words, '--json'], options),
      ]);
      expect(read.status).toBe(exit);
      expect(read.stderr).toMatch(new RegExp(`^${code}: .+\\n(.*\\n)*exit status ${exit}\\n$`));
      expect(program.status).toBe(exit);
      expect((JSON.parse(program.stdout) as JsonError).error).toMatchObject({ code, exit });
    },
  );
});

describe('config', () => {
  test('check says that a config is good, and opens nothing', async () => {
    const { status, stdout } = await farsim(['config', 'check', 'counter.yaml', '--json'], options);
    expect(status).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ ok: true });
    expect(existsSync(path.join(cwd, 'runs'))).toBe(false);
  });

  test('show says where each value was written', async () => {
    const { stdout } = await farsim(
      ['config', 'show', 'counter.yaml', 'run.steps=9', '--resolved', '--origin'],
      options,
    );
    expect(stdout).toContain('envs: 2 # counter.yaml:3:');
    expect(stdout).toContain('steps: 9 # command line');
    expect(stdout).toContain('stepMs: 0 # default of slow-counter');
  });

  const examples = path.join(import.meta.dirname, '../../examples');
  test.each(readdirSync(examples).filter((name) => name.endsWith('.yaml')))(
    'the example %s is good, and the files that it names are there',
    async (name) => {
      const plan = await planPipeline(loadConfig(path.join(examples, name)), new PluginFinder());
      expect(plan.run?.simulator).toBe('plant');
    },
  );

  test('init writes a config that is good, and draws its first episode', async () => {
    expect((await farsim(['init', 'fresh.yaml'], options)).status).toBe(0);
    const { stdout } = await farsim(['config', 'show', 'fresh.yaml', '--resolved'], options);
    expect(stdout).toMatch(/ video:\n +episodes:\n +- 0\n/);
    expect((await farsim(['init', 'fresh.yaml', '--json'], options)).status).toBe(2);
  });
});

describe('run', () => {
  test('gives its folder, episodes, frames, seconds, times and files', async () => {
    const { status, stdout } = await farsim(['run', 'counter.yaml', '--json'], options);
    expect(status).toBe(0);
    const summary = JSON.parse(stdout) as {
      id: string;
      folder: string;
      files: string[];
      times: object;
      episodes: object[];
    };
    expect(summary).toMatchObject({ reason: 'finished', frames: 12, steps: 10, rounds: 2 });
    expect(summary.episodes).toHaveLength(4);
    expect(Object.keys(summary.times)).toEqual(expect.arrayContaining(['reset', 'step']));
    expect(summary.files.length).toBeGreaterThan(4);
    for (const file of summary.files) expect(existsSync(path.join(summary.folder, file))).toBe(true);
    expect(readlinkSync(path.join(cwd, 'runs/latest'))).toBe(summary.id);
    const info = await farsim(['data', 'info', 'runs/latest', '--json'], options);
    expect(JSON.parse(info.stdout)).toMatchObject({ sealed: true, rounds: 2, episodes: 4, frames: 12 });
  });

  test('--dry-run opens nothing', async () => {
    const before = readdirSync(path.join(cwd, 'runs'));
    const { status, stdout } = await farsim(['run', 'counter.yaml', '--dry-run', '--json'], options);
    expect(status).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      sections: expect.arrayContaining([expect.objectContaining({ kind: 'simulator', name: 'plant' })]),
      starts: [],
    });
    expect(readdirSync(path.join(cwd, 'runs'))).toEqual(before);
  });

  test('Ctrl-C once ends it at a step and seals the recording', async () => {
    const running = startFarsim(
      [
        'run',
        'counter.yaml',
        'simulators.plant.stepMs=50',
        '+simulators.plant.envs=1',
        'run.steps=1000',
        'run.folder=stopped',
        '--json',
      ],
      options,
    );
    await folderAppears(path.join(cwd, 'stopped/latest/rounds'));
    await setTimeout(300);
    running.process.kill('SIGINT');
    const { status, stdout, stderr } = await running.ended;
    expect(status).toBe(130);
    expect(stderr).toContain('press Ctrl-C again to stop now');
    const { folder, episodes } = JSON.parse(stdout) as {
      folder: string;
      episodes: { outcome: string; steps: number }[];
    };
    expect(episodes).toMatchObject([{ outcome: 'interrupted' }]);
    expect(JSON.parse(readFileSync(path.join(folder, 'exit.json'), 'utf8'))).toMatchObject({
      reason: 'interrupted',
      exit: 130,
    });
    const info = JSON.parse((await farsim(['data', 'info', folder, '--json'], options)).stdout) as {
      sealed: boolean;
      frames: number;
    };
    expect(info).toMatchObject({ sealed: true, frames: episodes[0]!.steps + 1 });
  });

  test('a run that was killed keeps what was written, and data recover seals it', async () => {
    const running = startFarsim(
      ['run', 'counter.yaml', 'simulators.plant.stepMs=20', 'run.steps=100000', 'run.folder=killed'],
      options,
    );
    await folderAppears(path.join(cwd, 'killed/latest/rounds'));
    await setTimeout(1_000);
    running.process.kill('SIGKILL');
    expect((await running.ended).signal).toBe('SIGKILL');
    const before = JSON.parse(
      (await farsim(['data', 'info', 'killed/latest', '--json'], options)).stdout,
    ) as { sealed: boolean; frames: number };
    expect(before.sealed).toBe(false);
    expect(before.frames).toBeGreaterThan(5);
    expect((await farsim(['data', 'recover', 'killed/latest'], options)).stdout).toMatch(
      /sealed with \d+ rows/,
    );
    const after = JSON.parse((await farsim(['data', 'info', 'killed/latest', '--json'], options)).stdout) as {
      sealed: boolean;
      frames: number;
    };
    expect(after).toMatchObject({ sealed: true, frames: before.frames });
  });

  test('Ctrl-C twice ends it at once, in the middle of a step', async () => {
    const words = ['simulators.plant.stepMs=60000', 'run.folder=stuck'];
    const running = startFarsim(['run', 'counter.yaml', ...words], options);
    await folderAppears(path.join(cwd, 'stuck/latest/rounds'));
    running.process.kill('SIGINT');
    await running.says('press Ctrl-C again');
    // the same Ctrl-C may come by several ways, so what follows within 200 ms is no second one
    await setTimeout(300);
    running.process.kill('SIGINT');
    expect((await running.ended).status).toBe(130);
  });
});

test('serve says where and with which token, and ends at Ctrl-C', async () => {
  const running = startFarsim(['serve', 'counter.yaml'], options);
  await running.says('"token"');
  running.process.kill('SIGINT');
  const { status, stdout } = await running.ended;
  expect(JSON.parse(stdout)).toMatchObject({
    farsim: 1,
    address: expect.stringMatching(/^tcp:127\.0\.0\.1:\d+$/),
    token: expect.stringMatching(/^[0-9a-f]{64}$/),
  });
  expect(status).toBe(0);
});

test('serve on a public address wants a certificate', async () => {
  await makeCertificates(cwd);
  const words = ['serve', 'counter.yaml', '--address', 'tcp:0.0.0.0:0', '--i-know-this-is-public'];
  expect(await farsim(words, options)).toMatchObject({
    status: 1,
    stderr: expect.stringContaining('--tls-cert FILE --tls-key FILE'),
  });
  const files = ['--tls-cert', 'server.pem', '--tls-key', 'server.key'];
  const running = startFarsim([...words, ...files], options);
  await running.says('"address":"tcp:0.0.0.0:');
  running.process.kill('SIGINT');
  expect((await running.ended).status).toBe(0);
});

test('plugins lists what a config could use', async () => {
  const { stdout } = await farsim(['plugins', '--json'], options);
  interface Listed {
    readonly kind: string;
    readonly name: string;
    readonly support: readonly { readonly of: string; readonly level: string; readonly by?: string }[];
  }
  const { plugins } = JSON.parse(stdout) as { plugins: readonly Listed[] };
  const names = plugins.map(({ kind, name }) => `${kind} ${name}`);
  expect(names).toEqual(
    expect.arrayContaining([
      'codec protobuf',
      'controller random',
      'recorder mcap',
      'simulator counter',
      'simulator python',
      'transport ssh',
    ]),
  );
  const levels = new Set(plugins.flatMap(({ support }) => support.map(({ level }) => level)));
  expect([...levels].toSorted()).toEqual(['contract fake', 'in CI', 'physics in CI', 'untested']);
  const isaac = plugins.find(({ name }) => name === 'isaac');
  expect(isaac!.support).toContainEqual(
    expect.objectContaining({ of: 'Isaac Lab 2.x with Kit', level: 'contract fake' }),
  );
});

async function folderAppears(folder: string): Promise<void> {
  for (let i = 0; i < 200; i++) {
    if (existsSync(folder) && readdirSync(folder).length > 0) return;
    await setTimeout(50);
  }
  throw new Error(`${folder} did not appear`);
}

test('a run whose reader went away goes on to its end', async () => {
  const running = startFarsim(['run', 'counter.yaml', 'run.folder=unread'], options);
  running.process.stdout!.destroy();
  running.process.stderr!.destroy();
  expect((await running.ended).status).toBe(0);
  const exit = path.join(cwd, 'unread/latest/exit.json');
  expect(JSON.parse(readFileSync(exit, 'utf8'))).toMatchObject({ reason: 'finished' });
});

test('a long answer whose reader has seen enough is no fault', async () => {
  const running = startFarsim(['config', 'schema'], options);
  running.process.stdout!.once('data', () => running.process.stdout!.destroy());
  const { status, stderr } = await running.ended;
  expect(stderr).toBe('');
  expect(status).toBe(0);
});
