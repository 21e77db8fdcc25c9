import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { afterAll, beforeEach, describe, expect, test } from 'vitest';
import { farsim, startFarsim } from './farsim.ts';

const cwd = mkdtempSync(path.join(os.tmpdir(), 'farsim-far-'));
afterAll(() => rmSync(cwd, { recursive: true }));
const options = { cwd, env: { XDG_CONFIG_HOME: path.join(cwd, 'config') } };

const pidFile = path.join(cwd, 'simulator.pid');
beforeEach(() => rmSync(pidFile, { force: true }));
const adapter = path.join(import.meta.dirname, 'fixtures/faulty_adapter.py');
writeFileSync(
  path.join(cwd, 'sum.yaml'),
  `version: 1
simulators:
  plant: { use: python, adapter: "${adapter}:FaultyAdapter", config: { pid_file: "${pidFile}" } }
run: { controller: { use: random, seed: 1 }, episodes: 2, steps: 20 }
`,
);

interface Answer {
  readonly folder: string;
  readonly error: {
    readonly code: string;
    readonly message: string;
    readonly exit: number;
    readonly suggestions: string[];
    readonly details: { folder?: string; traceback?: string };
  };
}

/** True while the simulator process is there and not merely waiting to be collected. */
function simulatorLives(): boolean {
  if (!existsSync(pidFile)) return false;
  const status = `/proc/${readFileSync(pidFile, 'utf8')}/status`;
  return existsSync(status) && !/^State:\s+Z/m.test(readFileSync(status, 'utf8'));
}

async function simulatorGone(withinMs: number): Promise<void> {
  const until = Date.now() + withinMs;
  while (simulatorLives()) {
    if (Date.now() > until) throw new Error(`the simulator is still there after ${withinMs} ms`);
    await setTimeout(20);
  }
}

const run = (...words: string[]) => farsim(['run', 'sum.yaml', '--json', ...words], options);
const info = async (folder: string): Promise<unknown> =>
  JSON.parse((await farsim(['data', 'info', folder, '--json'], options)).stdout);

test('a far simulator of one file runs, each of its steps is proven by the ledger, and nothing is left of it', async () => {
  const { status, stdout } = await run();
  expect(status).toBe(0);
  const summary = JSON.parse(stdout) as Answer & { times: object };
  expect(summary).toMatchObject({ reason: 'finished', steps: 40, frames: 42 });
  expect(readFileSync(path.join(summary.folder, 'logs/plant.log'), 'utf8')).toBe('the plant launches\n');
  expect(summary.times).toMatchObject({ step: { count: 40 }, link: { count: expect.any(Number) } });
  const { stdout: proof } = await farsim(['data', 'info', summary.folder, '--verify', '--json'], options);
  expect(JSON.parse(proof)).toMatchObject({ sealed: true, verified: { entries: 42, faults: [], gaps: [] } });
  expect(simulatorLives()).toBe(false);
});

describe('a far side that fails has a code, a sentence and an exit status, and leaves nothing running', () => {
  test.each([
    ['import', 'PACKAGE_MISSING', 7, /no module 'a_package_that_nobody_has'/],
    ['launch', 'START_FAILED', 7, /no GPU today/],
    ['exit in launch', 'START_FAILED', 7, /exit status 41/],
    ['reset', 'SIMULATOR_FAILED', 8, /cannot put the cube there/],
    ['step', 'SIMULATOR_FAILED', 8, /the solver diverged/],
    ['exit in step', 'SIMULATOR_CRASHED', 8, /exit status 42/],
  ])('%s', async (fault, code, exit, message) => {
    const { status, stdout } = await run(`+simulators.plant.env.FARSIM_TEST_FAULT=${fault}`);
    expect(status).toBe(exit);
    const { error } = JSON.parse(stdout) as Answer;
    expect(error).toMatchObject({ code, exit, message: expect.stringMatching(message) });
    await simulatorGone(1_000);
  });

  test.each([
    ['an interpreter that is not there', 'simulators.plant.python=/no/such/python', 'PYTHON_NOT_FOUND', 7],
    ['an adapter file that is not there', 'simulators.plant.adapter=./none.py:Adapter', 'FILE_NOT_FOUND', 4],
    ['a class that is not there', `simulators.plant.adapter=${adapter}:Nobody`, 'CONFIG_INVALID', 4],
    ['a machine that does not answer', 'simulators.plant.on=me@127.0.0.1:1', 'HOST_UNREACHABLE', 5],
  ])('%s', async (_, override, code, exit) => {
    const { status, stdout } = await run(override);
    expect((JSON.parse(stdout) as Answer).error).toMatchObject({ code, exit });
    expect(status).toBe(exit);
    expect(simulatorLives()).toBe(false);
  });
});

test('what was recorded before a crash is sealed and whole', async () => {
  const { stdout } = await run('+simulators.plant.env.FARSIM_TEST_FAULT=exit in step');
  const { details, suggestions } = (JSON.parse(stdout) as Answer).error;
  const { folder } = details;
  expect(suggestions).toEqual([
    expect.stringMatching(/^`farsim host logs HOST [0-9a-f]+` shows/),
    `\`farsim run --resume ${folder}\` goes on with the run`,
  ]);
  expect(await info(folder!)).toMatchObject({ sealed: true, frames: 5, outcomes: { failed: 1 } });
  expect(readFileSync(path.join(folder!, 'logs/plant.log'), 'utf8')).toContain('the plant launches');
});

test('Ctrl-C seals the recording and ends the far simulator', async () => {
  const running = startFarsim(['run', 'sum.yaml', 'run.steps=100000000', '--json'], options);
  while (!simulatorLives()) await setTimeout(20);
  await setTimeout(500);
  running.process.kill('SIGINT');
  const { status, stdout } = await running.ended;
  expect(status).toBe(130);
  expect(await info((JSON.parse(stdout) as Answer).folder)).toMatchObject({
    sealed: true,
    outcomes: { interrupted: 1 },
  });
  expect(simulatorLives()).toBe(false);
});

test('a second Ctrl-C ends a simulator that hangs in a step by force, and seals the recording', async () => {
  const words = ['+simulators.plant.env.FARSIM_TEST_FAULT=hang in step', 'run.folder=hung', '--json'];
  const running = startFarsim(['run', 'sum.yaml', ...words], options);
  while (!existsSync(`${pidFile}.hangs`)) await setTimeout(20);
  running.process.kill('SIGINT');
  await setTimeout(500);
  expect(simulatorLives()).toBe(true);
  running.process.kill('SIGINT');
  const { status, stdout } = await running.ended;
  expect(status).toBe(130);
  expect(simulatorLives()).toBe(false);
  expect(await info((JSON.parse(stdout) as Answer).folder)).toMatchObject({ sealed: true, frames: 5 });
});

test('Ctrl-C during a slow start ends it, and nothing is left', async () => {
  const words = ['+simulators.plant.env.FARSIM_TEST_FAULT=slow launch', '--json'];
  const running = startFarsim(['run', 'sum.yaml', ...words], options);
  while (!simulatorLives()) await setTimeout(20);
  running.process.kill('SIGINT');
  const { status, stdout } = await running.ended;
  expect(status).toBe(130);
  expect((JSON.parse(stdout) as Answer).error.code).toBe('INTERRUPTED');
  await simulatorGone(1_000);
});

test('the far simulator goes when its client is killed and its grace is over', async () => {
  const words = ['run.steps=100000000', 'run.folder=killed', '+simulators.plant.lease.grace=1'];
  const running = startFarsim(['run', 'sum.yaml', ...words], options);
  while (!existsSync(path.join(cwd, 'killed/latest/rounds'))) await setTimeout(20);
  expect(simulatorLives()).toBe(true);
  running.process.kill('SIGKILL');
  await running.ended;
  await simulatorGone(10_000);
});

describe('a run that an old Node handed over', () => {
  const long = (folder: string) => ['run', 'sum.yaml', 'run.steps=100000000', `run.folder=${folder}`];
  const exit = (folder: string) => path.join(cwd, folder, 'latest/exit.json');
  const started = async (folder: string): Promise<void> => {
    while (!existsSync(path.join(cwd, folder, 'latest/rounds'))) await setTimeout(20);
  };

  test('ends in order when that Node is killed', async () => {
    const running = startFarsim(long('orphan'), { ...options, launched: true });
    await started('orphan');
    running.process.kill('SIGKILL');
    while (!existsSync(exit('orphan'))) await setTimeout(20);
    expect(JSON.parse(readFileSync(exit('orphan'), 'utf8'))).toMatchObject({ reason: 'interrupted' });
    await simulatorGone(8_000);
  });

  test('ends in order at one signal that reached both, and with its status', async () => {
    const running = startFarsim(long('both'), { ...options, launched: true });
    await started('both');
    const { pid } = running.process;
    const child = Number(readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim());
    process.kill(child, 'SIGINT');
    running.process.kill('SIGINT');
    expect((await running.ended).status).toBe(130);
    expect(JSON.parse(readFileSync(exit('both'), 'utf8'))).toMatchObject({ reason: 'interrupted' });
  });
});
