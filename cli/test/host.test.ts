import { spawn, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { processesOfSession } from '../../test/left-over.ts';
import { openQueue, type Queue } from '../../test/prefixes/open-queue.ts';
import { startSshd, type Sshd } from '../../test/sshd/start-sshd.ts';
import { farsim, startFarsim, type Ended, type RunningFarsim } from './farsim.ts';
import { sendSignal } from '../../test/send-signal.ts';

const cwd = mkdtempSync(path.join(os.tmpdir(), 'farsim-host-'));
const env = { XDG_CONFIG_HOME: path.join(cwd, 'config') };
const name = `plant-${randomBytes(4).toString('hex')}`;
let sshd: Sshd;
let queue: Queue;

beforeAll(async () => {
  sshd = await startSshd();
  queue = await openQueue();
  const { launch, enter } = queue;
  const { port, user, identityFile, knownHosts } = sshd;
  const ssh = { host: '127.0.0.1', port, user, identityFile, knownHosts, configFile: 'none' };
  mkdirSync(path.join(cwd, 'config/farsim'), { recursive: true });
  writeFileSync(
    path.join(cwd, 'config/farsim/hosts.yaml'),
    JSON.stringify({
      box: { ssh },
      bare: { ssh, python: '/no/such/python' },
      cluster: { ssh, launch, enter },
    }),
  );
  const config = {
    version: 1,
    simulators: { [name]: { use: 'counter', on: 'box', env: { FARSIM_TEST_RUN: name } } },
    run: { controller: { use: 'random' }, episodes: 2, steps: 20 },
  };
  writeFileSync(path.join(cwd, 'sum.yaml'), JSON.stringify(config));
});
afterAll(async () => {
  for (const { session } of await sessions()) await json('host', 'down', 'box', session);
  await queue[Symbol.asyncDispose]();
  await sshd[Symbol.asyncDispose]();
  rmSync(cwd, { recursive: true });
});

interface Shown {
  readonly session: string;
  readonly name: string;
  readonly pid: number;
  readonly sentinel: number;
  readonly simulator: number;
  readonly alive: boolean;
  readonly warm: boolean;
  readonly lease: { readonly grace: number };
  readonly leaseLeft: number;
}

const call = (...words: string[]): Promise<Ended> => farsim(words, { cwd, env });
const json = async (...words: string[]): Promise<Record<string, unknown>> =>
  JSON.parse((await call(...words, '--json')).stdout) as Record<string, unknown>;
/** The exit status of farsim on a terminal, where its question is answered. */
async function answered(answer: string, ...words: string[]): Promise<number | null> {
  const command = [process.execPath, path.join(import.meta.dirname, '../bin/farsim.js'), ...words].join(' ');
  const terminal = spawn('script', ['-qec', command, '/dev/null'], { cwd, env: { ...process.env, ...env } });
  let shown = '';
  terminal.stdout.on('data', (chunk: Buffer) => {
    const asked = shown.includes('[y/N]');
    shown += chunk.toString();
    if (!asked && shown.includes('[y/N]')) terminal.stdin.write(`${answer}\r`);
  });
  const [status] = (await once(terminal, 'close')) as [number | null];
  expect(shown).toContain('[y/N]');
  return status;
}
/** This test's own: the machine's user may have others. */
const sessions = async (): Promise<Shown[]> =>
  ((await json('host', 'ps', 'box')).sessions as Shown[]).filter((shown) => shown.name === name);

test('what a run left is joined by the next one, whose ledger goes on, and ended when that says so', async () => {
  const first = await call('run', 'sum.yaml', '--json', '--keep', '2m');
  expect(first.stderr).toContain(`${name} is kept on box until`);
  const [kept] = (await sessions()) as [Shown];
  const { session } = kept;
  expect(kept).toMatchObject({ alive: true, warm: true, owner: '', phase: 'ready', task: 'count' });
  expect(kept.leaseLeft).toBeGreaterThan(100);
  const table = (await call('host', 'ps', 'box')).stdout.split('\n');
  expect(table[0]).toMatch(/^session +name +owner +simulates +phase +age +heard +lease left +step/);
  expect(table.find((line) => line.startsWith(session))).toMatch(/\(kept\) +count +ready .* 2 min +\d+$/);

  const second = await call('run', 'sum.yaml', '--json', '--keep', '0');
  const { folder } = JSON.parse(second.stdout) as { folder: string };
  const proof = await json('data', 'info', folder, '--verify');
  expect(proof).toMatchObject({ verified: { entries: 42, faults: [], gaps: [], head: { index: 84 } } });
  expect(await sessions()).toEqual([]);
  expect(processesOfSession(session)).toEqual([]);
});

test('a run with --exit-with-client leaves nothing when its client is killed', async () => {
  const running = startFarsim(['run', 'sum.yaml', '--exit-with-client', 'run.steps=100000000'], { cwd, env });
  await running.says('ready');
  const [shown] = await sessions();
  expect(shown!.lease.grace).toBe(0);
  running.process.kill('SIGKILL');
  await running.ended;
  const until = Date.now() + 5_000;
  while ((await sessions()).length > 0 && Date.now() < until) await sleep(50);
  expect(processesOfSession(shown!.session)).toEqual([]);
});

test('a run that takes over has the simulator of another one, which is told and ends with its own status', async () => {
  const other = startFarsim(['run', 'sum.yaml', 'run.steps=100000000'], { cwd, env });
  await other.says('ready');
  const [{ session }] = (await sessions()) as [Shown];
  const join = { version: 1, simulators: { joined: { use: 'python', on: 'box', join: session } } };
  writeFileSync(path.join(cwd, 'join.yaml'), JSON.stringify({ ...join, run: { steps: 20 } }));
  const refused = await call('run', 'join.yaml');
  expect(refused).toMatchObject({
    status: 10,
    stderr: expect.stringContaining('controls this simulator since'),
  });
  expect(refused.stderr).toContain('`farsim run --take-over` takes it over');
  const taken = await call('run', 'sum.yaml', '--take-over');
  expect(taken.stderr).toContain(`joining session ${session}`);
  expect(taken.status).toBe(0);
  const ended = await other.ended;
  expect(ended.status).toBe(10);
  expect(ended.stderr).toContain('FENCED: ');
  expect(await sessions()).toEqual([]);
  expect(processesOfSession(session)).toEqual([]);
});

test('a client that was killed does not keep the next one of its machine waiting, one that is stopped does', async () => {
  const up = await json('host', 'up', 'sum.yaml', '--keep', '60');
  const [{ session }] = up.started as [{ session: string }];
  const join = { version: 1, simulators: { joined: { use: 'python', on: 'box', join: session } } };
  writeFileSync(path.join(cwd, 'next.yaml'), JSON.stringify({ ...join, run: { steps: 20 } }));
  const hold = async (): Promise<RunningFarsim> => {
    const holding = startFarsim(['run', 'next.yaml', 'run.steps=100000000'], { cwd, env });
    await holding.says('ready');
    return holding;
  };
  const stopped = await hold();
  sendSignal(stopped.process.pid!, 'SIGSTOP');
  expect(await call('run', 'next.yaml')).toMatchObject({ status: 10 });
  stopped.process.kill('SIGKILL');
  await stopped.ended;
  // where the next one takes seconds to begin, it finds an owner that was silent long enough for anybody
  await expect
    .poll(
      async () => {
        const killed = await hold();
        killed.process.kill('SIGKILL');
        await killed.ended;
        const { status, stderr } = await call('run', 'next.yaml');
        return status === 0 ? stderr : `exit status ${status}: ${stderr}`;
      },
      { timeout: 50_000 },
    )
    .toMatch(/^(?!exit).*was a process of this machine, and is no more/s);
  await json('host', 'down', 'box', session);
});

test('what `host up` started is seen until `host down` ends it, and its log is followed until then', async () => {
  const up = await json('host', 'up', 'sum.yaml', '--keep', '60');
  const [{ session }] = up.started as [{ session: string }];
  expect(up).toMatchObject({ started: [{ name, host: 'box' }] });
  const following = startFarsim(['host', 'logs', '-f', 'box', name], { cwd, env });
  await sleep(1_500);
  expect(following.process.exitCode).toBeNull();
  const unset = await call('host', 'logs', 'box', '');
  expect(unset).toMatchObject({ status: 1, stderr: expect.stringContaining("'' names no session") });
  const down = await call('host', 'down', 'box', session.slice(0, 6));
  expect(down).toMatchObject({ status: 0, stdout: expect.stringContaining(`${session} on box is over`) });
  expect((await following.ended).status).toBe(0);
  for (const meant of [name, session.slice(0, 8)]) {
    const logs = await call('host', 'logs', 'box', meant);
    expect(logs.stderr).toContain(`${name} (${session}) is over: asked to end by a signal`);
    expect(logs.status).toBe(0);
  }
  expect(await sessions()).toEqual([]);
  expect(processesOfSession(session)).toEqual([]);
});

test('what is left over is listed, and ended only when the user says so', async () => {
  await json('host', 'up', 'sum.yaml', '--keep', '60');
  const [shown] = (await sessions()) as [Shown];
  // neither its sentinel nor its supervisor can clean up any more
  const orphan = spawnSync('sh', ['-c', 'sleep 60 >/dev/null 2>&1 & echo $!'], {
    env: { ...process.env, FARSIM_SESSION: shown.session },
    encoding: 'utf8',
  });
  for (const pid of [shown.sentinel, shown.pid]) process.kill(pid, 'SIGKILL');
  const listed = await call('host', 'reap', 'box');
  expect(listed.status).toBe(2);
  expect(listed.stdout).toContain('its supervisor is dead');
  expect(listed.stdout).toContain(orphan.stdout.trim());
  expect(processesOfSession(shown.session)).toContain(Number(orphan.stdout));
  expect(await answered('n', 'host', 'reap', 'box')).toBe(2);
  expect(processesOfSession(shown.session)).toContain(Number(orphan.stdout));
  expect(await answered('y', 'host', 'reap', 'box')).toBe(0);
  expect(processesOfSession(shown.session)).toEqual([]);
  const reaped = await call('host', 'reap', 'box', '--yes');
  expect(reaped).toMatchObject({ status: 0, stdout: 'nothing is left over on box\n' });
  expect(await sessions()).toEqual([]);
});

test('what waits in a queue is shown with its id, by which `host down` takes it out', async () => {
  const waiting = startFarsim(['run', 'sum.yaml', `simulators.${name}.on=cluster`], { cwd, env });
  await waiting.says('queued and waiting for resources');
  const shown = (await call('host', 'ps', 'cluster')).stdout;
  const [, id] = /^([0-9a-f]{12}) is queued for .*job 4711 queued.*`farsim host down cluster \1`/m.exec(
    shown,
  )!;
  const down = await call('host', 'down', 'cluster', id!);
  expect(down).toMatchObject({ status: 0, stdout: `${id} is out of the queue of cluster\n` });
  const ended = await waiting.ended;
  expect(ended).toMatchObject({ status: 7, stderr: expect.stringContaining('START_FAILED: ') });
  expect(await queue.pid()).toBeUndefined();
});

test('a session that nobody knows, and one that is meant by nothing, are told apart', async () => {
  expect(await call('host', 'down', 'box', '0123456789ab')).toMatchObject({
    status: 5,
    stderr: expect.stringContaining('SESSION_EXPIRED'),
  });
  expect(await call('host', 'logs', 'box', '0123456789ab')).toMatchObject({ status: 5, stdout: '' });
  expect(await call('host', 'down', 'box', 'no-such-name')).toMatchObject({
    status: 1,
    stderr: expect.stringContaining('names no session'),
  });
});

test('doctor looks at a machine and at the link to it', async () => {
  const { ok, findings } = (await json('doctor', 'box')) as { ok: boolean; findings: Finding[] };
  expect(ok).toBe(true);
  const said = new Map(findings.map(({ what, said: text }) => [what, text]));
  expect(said.get('box round trip')).toMatch(/^p50 .* ms, p99 .* \(\d+\)$/);
  expect(said.get('box stall')).toMatch(/^none: 64 KiB come back in /);
  expect(said.get('box bandwidth')).toMatch(/^.* MB\/s from there, .* MB\/s to there$/);
  expect(said.get('box clock')).toMatch(/within/);
  expect(said.get('box disk')).toMatch(/GB free/);
  expect(said.get('box sessions')).toMatch(/^\d+ of yours/);
});

test('doctor tells what is broken, and looks at what is not', async () => {
  const { status, stdout } = await call('doctor', 'bare', '--json');
  expect(status).toBe(7);
  const { findings } = JSON.parse(stdout) as { findings: Finding[] };
  expect(findings.find(({ what }) => what === 'bare reached')).toMatchObject({ state: 'good' });
  expect(findings.find(({ state }) => state === 'bad')).toMatchObject({ code: 'PYTHON_NOT_FOUND' });
});

interface Finding {
  readonly what: string;
  readonly state: string;
  readonly said: string;
  readonly code?: string;
}
