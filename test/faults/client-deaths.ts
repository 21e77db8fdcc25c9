import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { openPipeline } from '@farsim/core';
import { dataInfo } from '@farsim/recorder-mcap';
import { processesOfSession } from '../left-over.ts';
import { dealt, inflict, together, type FaultRow } from './fault-row.ts';
import { one, sessionGone, sumOf } from './stepping.ts';
import { sendSignal } from '../send-signal.ts';

interface Said {
  readonly session?: string;
  readonly step?: number;
  readonly durable?: number;
  readonly ended?: string;
  readonly message?: string;
  readonly progress?: string;
}

interface Client {
  readonly process: ChildProcess;
  readonly said: Said[];
  /** Waits until it has said something of the kind. */
  until(found: (said: Said) => boolean): Promise<Said>;
}

const script = path.join(import.meta.dirname, 'far-client.ts');

async function withClient<T>(grace: number, use: (client: Client, folder: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(path.join(tmpdir(), 'farsim-client-'));
  const child = spawn(process.execPath, [script, folder, String(grace)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const said: Said[] = [];
  createInterface({ input: child.stdout }).on('line', (line) => said.push(JSON.parse(line) as Said));
  const until = async (found: (line: Said) => boolean): Promise<Said> => {
    for (const end = performance.now() + 60_000; performance.now() < end; await sleep(5)) {
      const line = said.find(found);
      if (line) return line;
      assert.equal(child.exitCode, null, `the client ended: ${JSON.stringify(said.at(-1))}`);
    }
    throw new Error(`the client did not say it: ${JSON.stringify(said.at(-1))}`);
  };
  try {
    return await use({ process: child, said, until }, folder);
  } finally {
    if (child.exitCode === null && child.signalCode === null) {
      child.kill('SIGKILL');
      await once(child, 'exit');
    }
    await rm(folder, { recursive: true, force: true });
  }
}

/** Kills a recording client; gives the time until nothing is left of its far side. */
async function killClient(i: number, grace: number, withinMs: number): Promise<number> {
  return withClient(grace, async ({ process: client, said, until }, folder) => {
    const { session } = await until((line) => line.session !== undefined);
    await until((line) => (line.durable ?? 0) > 0);
    await sleep((i * 29) % 150);
    client.kill('SIGKILL');
    await once(client, 'exit');
    const took = await sessionGone(session!, withinMs);
    const durable = said.findLast((line) => line.durable !== undefined)!.durable!;
    const { frames } = await dataInfo(folder);
    assert.ok(frames >= durable, `${frames} frames are read, ${durable} were durable`);
    return took;
  });
}

/** Kills a client within its grace; gives the time until the same user's next one has the simulator. */
async function killAndFollow(): Promise<number> {
  return withClient(60, async ({ process: client, until }) => {
    const { session } = await until((line) => line.session !== undefined);
    await until((line) => (line.step ?? 0) > 0);
    client.kill('SIGKILL');
    await once(client, 'exit');
    const began = performance.now();
    let took: number;
    {
      const next = { use: 'python', join: session, lease: { keep: 0 } };
      await using pipeline = await openPipeline({ version: 1, simulators: { next } });
      // the killed one's actions were 0
      assert.equal(sumOf(await pipeline.simulator('next').step(one)), 1);
      took = performance.now() - began;
    }
    await sessionGone(session!, 1_000);
    return took;
  });
}

/** Stops a client for less than its grace; gives the time from its going on to its next hundred steps. */
async function stopBriefly(graceSeconds: number): Promise<number> {
  return withClient(graceSeconds, async ({ process: client, said, until }) => {
    await until((line) => (line.step ?? 0) > 0);
    sendSignal(client.pid!, 'SIGSTOP');
    await sleep(graceSeconds * 500);
    const before = said.findLast((line) => line.step !== undefined)!.step!;
    client.kill('SIGCONT');
    const began = performance.now();
    await until((line) => (line.step ?? 0) > before + 200);
    return performance.now() - began;
  });
}

/** Stops a client for longer than its grace: the far side ends, and the client says that the session is over. */
async function stopTooLong(graceSeconds: number): Promise<number> {
  return withClient(graceSeconds, async ({ process: client, until }) => {
    const { session } = await until((line) => line.session !== undefined);
    await until((line) => (line.step ?? 0) > 0);
    sendSignal(client.pid!, 'SIGSTOP');
    await sleep(graceSeconds * 2_000 + 5_000);
    assert.deepEqual(processesOfSession(session!), []);
    client.kill('SIGCONT');
    const began = performance.now();
    const { ended, message } = await until((line) => line.ended !== undefined);
    assert.equal(ended, 'SESSION_EXPIRED', message);
    return performance.now() - began;
  });
}

export const clientDeaths: readonly FaultRow[] = [
  {
    id: 'R2',
    fault: 'SIGKILL to the client',
    full: 100,
    quick: 3,
    run: async (count) => {
      const [none, second, next] = dealt(count, 3) as [number, number, number];
      return together([
        await inflict(none, 'kill to nothing left', (i) => killClient(i, 0, 5_000), 2),
        await inflict(second, 'with a grace of 1 s', (i) => killClient(i, 1, 18_000), 2),
        await inflict(next, 'kill to the next client’s first step', killAndFollow, 2),
      ]);
    },
  },
  {
    id: 'R9',
    fault: 'client stopped for half and for twice its grace',
    full: 10,
    quick: 2,
    run: (count, { freezeMs }) => {
      const grace = Math.max(8, freezeMs / 1_000);
      return inflict(
        count,
        'going on to steps, or to the error',
        (i) => (i % 2 === 0 ? stopBriefly(grace) : stopTooLong(grace)),
        10,
      );
    },
  },
];
