import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFileSync, readdirSync, readlinkSync, statSync } from 'node:fs';
import net from 'node:net';
import { isFarsimError } from '@farsim/core';
import { inflict, type FaultRow, type Scale } from './fault-row.ts';
import { dialAs, who, withBridge } from './lonely-bridge.ts';
import { one, sumOf } from './stepping.ts';

/** A silent caller is told nothing and closed within this, a connection's way included. */
const silenceMs = 5_250;

async function strangers({ patience }: Scale): Promise<number> {
  return withBridge(async (bridge, socket) => {
    assert.equal(statSync(socket).mode & 0o777, 0o600);
    assert.deepEqual(listeningPorts(bridge.session), []);
    const wrong = { ...bridge, token: '00'.repeat(32) };
    await assert.rejects(
      dialAs(wrong, who('thief')),
      (error) => isFarsimError(error) && error.code === 'TOKEN_REFUSED',
    );
    const began = performance.now();
    const silent = await Promise.all(
      Array.from({ length: 1_000 }, async () => {
        const client = net.connect(socket);
        client.on('error', () => client.destroy());
        const heard: Buffer[] = [];
        client.on('data', (chunk: Buffer) => heard.push(chunk));
        await once(client, 'close', { signal: AbortSignal.timeout(20_000) });
        return Buffer.concat(heard);
      }),
    );
    const took = performance.now() - began;
    assert.ok(
      silent.every((heard) => heard.length === 0),
      'something was said to a silent stranger',
    );
    assert.ok(took <= silenceMs * patience, `the last was closed after ${Math.round(took)} ms`);
    await using owner = await dialAs(bridge, who('owner'));
    assert.equal(sumOf(await owner.reset()), 0);
    return took;
  });
}

/** TCP ports that processes of the session listen on. */
function listeningPorts(session: string): string[] {
  const inodes = new Set<string>();
  for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    try {
      if (!readFileSync(`/proc/${pid}/environ`, 'latin1').includes(`FARSIM_SESSION=${session}`)) continue;
      for (const fd of readdirSync(`/proc/${pid}/fd`)) {
        const inode = /^socket:\[(\d+)\]$/.exec(readlinkSync(`/proc/${pid}/fd/${fd}`))?.[1];
        if (inode) inodes.add(inode);
      }
    } catch {
      continue;
    }
  }
  const listening = '0A';
  return ['tcp', 'tcp6'].flatMap((kind) =>
    readFileSync(`/proc/net/${kind}`, 'utf8')
      .split('\n')
      .slice(1)
      .map((line) => line.trim().split(/\s+/))
      .filter((words) => words[3] === listening && inodes.has(words[9]!))
      .map((words) => words[1]!),
  );
}

async function takeOver(): Promise<number> {
  return withBridge(async (bridge) => {
    await using first = await dialAs(bridge, who('first'));
    await first.reset();
    await first.step(one);
    await assert.rejects(
      dialAs(bridge, who('second')),
      (error) => isFarsimError(error) && error.code === 'BUSY' && error.message.includes('first@here'),
    );
    assert.equal(sumOf(await first.step(one)), 2);
    const began = performance.now();
    await using third = await dialAs(bridge, who('third'), true);
    await assert.rejects(first.step(one), (error) => isFarsimError(error) && error.code === 'FENCED');
    assert.equal(sumOf(await third.step(one)), 3);
    return performance.now() - began;
  });
}

export const strangersAndRivals: readonly FaultRow[] = [
  {
    id: 'R11',
    fault: 'no token, a wrong token, 1,000 silent connections; what listens',
    full: 1,
    quick: 1,
    run: (count, scale) => inflict(count, '1,000 silent connections closed', () => strangers(scale)),
  },
  {
    id: 'R17',
    fault: 'a second client, and one that takes over',
    full: 50,
    quick: 1,
    run: (count) => inflict(count, 'take-over to its first step', takeOver, 2),
  },
];
