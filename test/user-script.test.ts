import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { pythonSimulator, toNumbers, type RemoteSimulator, type Tensor, type Transport } from '@farsim/core';
import { protobufCodec } from '@farsim/codec-protobuf';
import sshTransport from '@farsim/transport-ssh';
import { processesOfSession } from './left-over.ts';
import { openContext, openLocalTransport } from './open-far.ts';
import { startSshd } from './sshd/start-sshd.ts';

const python = process.env.FARSIM_TEST_PYTHON ?? 'python3';
const PYTHONPATH = fileURLToPath(new URL('../python', import.meta.url));
const play = `
import sys
import gymnasium
from farsim.bridge import serve

env = gymnasium.make("CartPole-v1")
print("why:", serve(env, name=sys.argv[1] if len(sys.argv) > 1 else None), flush=True)
open(__file__ + ".after", "w").write("went on")
`;

let folder: string;
let running: ChildProcess | undefined;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'farsim-script-'));
  await writeFile(path.join(folder, 'play.py'), play);
});

afterEach(() => {
  running?.kill('SIGKILL');
  running = undefined;
});

afterAll(() => rm(folder, { recursive: true, force: true }));

/** The simulator of a `use: python` section in a config of the folder. */
async function open(
  section: Readonly<Record<string, unknown>>,
  lines: string[] = [],
  transport?: Transport,
): Promise<RemoteSimulator> {
  const context = {
    ...openContext({ folder, progress: (line) => lines.push(line) }),
    transport: transport ?? (await openLocalTransport()),
    codec: protobufCodec,
  };
  const config = pythonSimulator.config.parse({ python, ...section });
  return (await pythonSimulator.open(config as never, context as never)) as RemoteSimulator;
}

/** Starts play.py as its user does; gives what it says from then on. */
async function startScript(name: string): Promise<() => string> {
  const child = spawn(python, [path.join(folder, 'play.py'), name], {
    env: { ...process.env, PYTHONPATH, PYTHONUNBUFFERED: '1' },
  });
  running = child;
  let said = '';
  child.stderr.on('data', (chunk) => (said += chunk));
  child.stdout.on('data', (chunk) => (said += chunk));
  while (!said.includes('join it with'))
    await Promise.race([once(child.stdout, 'data'), died(child, () => said)]);
  return () => said;
}

async function died(child: ChildProcess, said: () => string): Promise<never> {
  await once(child, 'exit');
  throw new Error(`the script ended: ${said()}`);
}

const right = { dtype: 'i64', shape: [1], data: BigInt64Array.of(1n) } as const satisfies Tensor;

test('a script of the user that serves is joined by name, left, joined again by id, and goes on at the end', async () => {
  const name = `play-${process.pid}`;
  const said = await startScript(name);
  expect(said()).toContain(`serving CartPole-v1 (1 env) as '${name}'`);
  let session: string;
  let first: number[];
  {
    await using plant = await open({ join: name });
    ({ session } = plant.session.control.welcome);
    expect(plant.spec).toMatchObject({ sim: 'gymnasium', task: 'CartPole-v1', autoreset: 'disabled' });
    first = Array.from(toNumbers((await plant.reset({ seed: 5 })).observations as Tensor));
    expect((await plant.step(right)).tick[0]).toBe(1);
  }
  expect(running!.exitCode).toBeNull();
  const plant = await open({ join: session });
  expect((await plant.step(right)).tick[0]).toBe(2);
  expect(Array.from(toNumbers((await plant.reset({ seed: 5 })).observations as Tensor))).toEqual(first);
  plant.session.ledger.verify();
  const ended = once(running!, 'exit');
  await plant.session.control.close(20_000);
  await plant[Symbol.asyncDispose]();
  expect((await ended)[0]).toBe(0);
  expect(said()).toContain('why: asked to close');
  expect(await readFile(path.join(folder, 'play.py.after'), 'utf8')).toBe('went on');
});

test('a second client is told who controls a served script', async () => {
  const name = `busy-${process.pid}`;
  await startScript(name);
  await using plant = await open({ join: name });
  await plant.reset();
  await expect(open({ join: name })).rejects.toMatchObject({ code: 'BUSY' });
  expect((await plant.step(right)).tick[0]).toBe(1);
  await plant.session.control.close(20_000);
});

test('a served script on another machine is joined over ssh', async () => {
  const name = `far-${process.pid}`;
  const said = await startScript(name);
  await using sshd = await startSshd();
  const { address: host, port, user, identityFile, knownHosts } = sshd;
  const reached = { host, port, user, identityFile, knownHosts, configFile: 'none' };
  await using transport = await sshTransport.open(sshTransport.config.parse(reached), openContext());
  await using plant = await open({ join: name }, [], transport);
  await plant.reset();
  for (let tick = 1; tick <= 5; tick++) expect((await plant.step(right)).tick[0]).toBe(tick);
  plant.session.ledger.verify();
  const ended = once(running!, 'exit');
  await plant.session.control.close(20_000);
  await ended;
  expect(said()).toContain('why: asked to close');
});

test('a script that farsim starts serves with its arguments and ends with its client', async () => {
  const lines: string[] = [];
  const plant = await open({ script: './play.py', args: ['unused'] }, lines);
  const { session } = plant.session.control.welcome;
  expect(lines).toContain('plant: launching');
  await plant.reset({ seed: 1 });
  expect((await plant.step(right)).tick[0]).toBe(1);
  expect(processesOfSession(session)).toHaveLength(1);
  await plant[Symbol.asyncDispose]();
  expect(processesOfSession(session)).toEqual([]);
});

test('a script that lies on the far machine is run there', async () => {
  await using plant = await open({ script: path.join(folder, 'play.py') });
  await plant.reset();
  expect(plant.spec.task).toBe('CartPole-v1');
});

test('a script that ends without serving is told with what it said', async () => {
  await writeFile(path.join(folder, 'idle.py'), 'print("nothing to serve")\n');
  await expect(open({ script: './idle.py' })).rejects.toMatchObject({
    code: 'START_FAILED',
    message: expect.stringContaining(
      'exit status 0 in phase launching, before it called farsim.bridge.serve(env)',
    ),
    details: { log: expect.arrayContaining(['nothing to serve']) },
  });
});

test('a session that does not run is named', async () => {
  await expect(open({ join: 'nobody' })).rejects.toMatchObject({
    code: 'SESSION_EXPIRED',
    message: expect.stringContaining('no session nobody runs on'),
  });
});

test('one of adapter, script and join is asked for', () => {
  const parse = (section: object): boolean => pythonSimulator.config.safeParse(section).success;
  expect(parse({})).toBe(false);
  expect(parse({ script: './play.py', join: 'play' })).toBe(false);
  expect(parse({ script: './play.sh' })).toBe(false);
  expect(parse({ script: './play.py' })).toBe(true);
});
