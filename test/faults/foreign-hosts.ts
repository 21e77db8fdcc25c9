import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { cp, mkdir, mkdtemp, readFile, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { inflict, type FaultRow } from './fault-row.ts';

const run = promisify(execFile);
const python = process.env.FARSIM_TEST_PYTHON ?? 'python3';
const sources = path.join(import.meta.dirname, '../../python');
const adapters = path.join(import.meta.dirname, '../../plugins/sim-counter/adapters');

interface Line {
  readonly session: string;
  readonly pid: number;
}

/** A verb of the bridge, on this machine or on another node that has the same home and, as far as names go, is its own machine. */
async function bridge(
  home: string,
  words: readonly string[],
  node?: string,
): Promise<Record<string, unknown>> {
  const env = { ...process.env, FARSIM_CACHE: home, PYTHONPATH: sources };
  const command = [python, '-m', 'farsim.bridge', ...words];
  const line = command.map((word) => `'${word}'`).join(' ');
  const elsewhere = ['unshare', '--uts', '--map-root-user', 'sh', '-c', `hostname ${node} && exec ${line}`];
  const [program, ...rest] = node === undefined ? command : elsewhere;
  const child = run(program!, rest, { env });
  if (words[0] === 'up') {
    const order = {
      adapter: 'counter_adapter:CounterAdapter',
      adapterPath: [adapters],
      lease: { grace: 60 },
    };
    child.child.stdin!.end(JSON.stringify(order));
  }
  return JSON.parse((await child).stdout) as Record<string, unknown>;
}

const sessionsOf = (answer: Record<string, unknown>): string[] =>
  (answer.sessions as Line[]).map(({ session }) => session);

async function share(): Promise<number> {
  const home = await mkdtemp(path.join(tmpdir(), 'farsim-home-'));
  const began = performance.now();
  const here = (await bridge(home, ['up'])) as unknown as Line;
  try {
    const there = (await bridge(home, ['up'], 'other-node')) as unknown as Line;
    try {
      assert.deepEqual(sessionsOf(await bridge(home, ['ps'])), [here.session]);
      assert.deepEqual(sessionsOf(await bridge(home, ['ps'], 'other-node')), [there.session]);
      assert.deepEqual((await bridge(home, ['reap'])).reaped, []);
      await leaveFromAnotherBoot(home, here.session);
      assert.deepEqual((await bridge(home, ['reap'])).reaped, []);
      for (const { pid } of [here, there])
        assert.ok(existsSync(`/proc/${pid}`), 'a foreign session was ended');
    } finally {
      await bridge(home, ['down', there.session], 'other-node');
    }
    return performance.now() - began;
  } finally {
    await bridge(home, ['down', here.session]);
    await rm(home, { recursive: true, force: true });
  }
}

/** Puts a session's state beside it as a machine of this name left it in an earlier boot, with the pid of a process that lives now. */
async function leaveFromAnotherBoot(home: string, session: string): Promise<void> {
  const hosts = path.join(home, 'hosts');
  const own = (await readdir(hosts)).find((name) =>
    existsSync(path.join(hosts, name, session, 'state.json')),
  )!;
  const stale = path.join(hosts, own.replace(/-[0-9a-f-]{36}$/, '-00000000-0000-4000-8000-000000000000'));
  assert.notEqual(path.basename(stale), own);
  const folder = path.join(stale, 'aaaaaaaaaaaa');
  await mkdir(stale, { recursive: true });
  await cp(path.join(hosts, own, session), `${folder}.new`, { recursive: true });
  await rename(`${folder}.new`, folder);
  const state = JSON.parse(await readFile(path.join(folder, 'state.json'), 'utf8')) as object;
  await writeFile(
    path.join(folder, 'state.json'),
    JSON.stringify({
      ...state,
      session: 'aaaaaaaaaaaa',
      pid: process.pid,
      boot: '00000000-0000-4000-8000-000000000000',
    }),
  );
}

export const foreignHosts: readonly FaultRow[] = [
  {
    id: 'R23',
    fault: 'another node with the same home, and state left from another boot',
    full: 20,
    quick: 1,
    run: (count) => inflict(count, 'both started, seen apart and ended', share, 2),
  },
];
