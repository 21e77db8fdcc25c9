import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { afterAll, describe, expect, test } from 'vitest';
import { farsim, startFarsim } from './farsim.ts';

const cwd = mkdtempSync(path.join(os.tmpdir(), 'farsim-resume-'));
afterAll(() => rmSync(cwd, { recursive: true }));
const options = { cwd, env: { XDG_CONFIG_HOME: path.join(cwd, 'config') } };
writeFileSync(
  path.join(cwd, 'count.yaml'),
  `version: 1
simulators:
  plant: { use: counter, stepTime: 0.004, lease: { grace: 0 } }
run: { controller: { use: random, seed: 1 }, episodes: 6, steps: 100, seed: 3, folder: runs }
`,
);
const latest = path.join(cwd, 'runs/latest');

interface Info {
  readonly sealed: boolean;
  readonly episodes: number;
  readonly outcomes: Readonly<Record<string, number>>;
  readonly verified?: { readonly faults: readonly unknown[] };
}

async function info(): Promise<Info> {
  const { stdout } = await farsim(['data', 'info', latest, '--verify', '--json'], options);
  return JSON.parse(stdout) as Info;
}

/** Runs until the third round has begun and ends it by a signal. */
async function breakOff(signal: NodeJS.Signals): Promise<void> {
  rmSync(path.join(cwd, 'runs'), { recursive: true, force: true });
  const running = startFarsim(['run', 'count.yaml', '--json'], options);
  while (!existsSync(path.join(latest, 'rounds/000002.mcap'))) await setTimeout(10);
  // some rows of it have reached the disk
  await setTimeout(300);
  running.process.kill(signal);
  await running.ended;
}

test('a run that still goes on is neither gone on with nor recovered', async () => {
  const running = startFarsim(['run', 'count.yaml', '--json'], options);
  while (!existsSync(path.join(latest, 'rounds/000001.mcap'))) await setTimeout(10);
  for (const verb of [
    ['run', '--resume', 'runs/latest'],
    ['data', 'recover', 'runs/latest'],
  ]) {
    const { status, stderr } = await farsim(verb, options);
    expect(stderr).toContain(`process ${running.process.pid} on `);
    expect(status).toBe(10);
  }
  expect((await running.ended).status).toBe(0);
  expect(await info()).toMatchObject({ sealed: true, outcomes: { round_end: 6 } });
});

describe.each([
  ['Ctrl-C', 'SIGINT', 'interrupted'],
  ['a crash', 'SIGKILL', 'interrupted'],
] as const)('a run that %s broke off', (_, signal, outcome) => {
  test('is gone on with: whole episodes count, the broken one is done anew, and each step is proven', async () => {
    await breakOff(signal);
    const { status, stdout } = await farsim(['run', '--resume', 'runs/latest', '--json'], options);
    expect(status).toBe(0);
    const summary = JSON.parse(stdout) as {
      reason: string;
      resumed: { episodes: number };
      episodes: unknown[];
    };
    expect(summary).toMatchObject({ reason: 'finished', resumed: { rounds: 3, episodes: 2 } });
    expect(summary.episodes).toHaveLength(4);
    const after = await info();
    expect(after).toMatchObject({ sealed: true, outcomes: { round_end: 6, [outcome]: 1 } });
    expect(after.verified!.faults).toEqual([]);
    expect(JSON.parse(readFileSync(path.join(latest, 'exit.json'), 'utf8'))).toMatchObject({
      reason: 'finished',
    });
  });
});

describe('what cannot be gone on with is refused before anything starts', () => {
  test.each([
    ['a finished run', ['run', '--resume', 'runs/latest'], 2, /has all its 6 episodes/],
    ['a folder that is no run', ['run', '--resume', '.'], 4, /no run\.json/],
    [
      'another seed',
      ['run', '--resume', 'runs/latest', 'run.seed=4', 'run.episodes=9'],
      4,
      /'run\.seed' is not/,
    ],
  ])('%s', async (_, words, exit, message) => {
    const { status, stdout } = await farsim([...words, '--json'], options);
    expect(JSON.parse(stdout)).toMatchObject({ error: { message: expect.stringMatching(message) } });
    expect(status).toBe(exit);
  });

  test('a finished run takes more episodes when they are asked for', async () => {
    const words = ['run', '--resume', 'runs/latest', 'run.episodes=7', '--json'];
    const { stdout } = await farsim(words, options);
    expect(JSON.parse(stdout)).toMatchObject({ reason: 'finished', resumed: { episodes: 6 } });
  });
});
