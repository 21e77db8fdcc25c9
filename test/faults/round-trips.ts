import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Transport } from '@farsim/core';
import sshTransport from '@farsim/transport-ssh';
import { openContext, openCounter } from '../open-far.ts';
import { startSshd, type Sshd } from '../sshd/start-sshd.ts';
import { openSsh } from './far-sides.ts';
import type { FaultRow } from './fault-row.ts';
import { one } from './stepping.ts';

const sizes = [1 << 10, 64 << 10, 338 << 10];
const humpMs = 30;
/** Where every reply stalls, the median shows it; fewer are told from a busy machine only in many. */
const allowedShare = (count: number): number => (count < 1_000 ? 1 / 2 : 1 / 1_000);

/** Reaches the last machine through the others. */
async function openThrough(servers: readonly Sshd[]): Promise<Transport> {
  const route = servers.map(({ port, identityFile, knownHosts }, i) =>
    [
      `Host hop${i}`,
      'HostName 127.0.0.1',
      `Port ${port}`,
      `IdentityFile ${identityFile}`,
      `UserKnownHostsFile ${knownHosts}`,
      ...(i === 0 ? [] : [`ProxyJump hop${i - 1}`]),
    ].join('\n  '),
  );
  const configFile = path.join(servers[0]!.folder, 'route');
  await writeFile(configFile, `${route.join('\n')}\n`);
  return sshTransport.open(
    sshTransport.config.parse({ host: `hop${servers.length - 1}`, configFile }),
    openContext(),
  );
}

/** The share of round trips that took more than 30 ms, and their median. */
async function measure(transport: Transport, bytes: number, count: number): Promise<string> {
  await using simulator = await openCounter(transport, { config: { payload_bytes: bytes } });
  await simulator.reset();
  const times: number[] = [];
  for (let i = 0; i < count; i++) {
    const began = performance.now();
    await simulator.step(one);
    times.push(performance.now() - began);
  }
  const late = times.filter((time) => time > humpMs).length;
  assert.ok(
    late <= count * allowedShare(count),
    `${late} of ${count} took more than ${humpMs} ms at ${bytes} B`,
  );
  return `${times.toSorted((a, b) => a - b)[count >> 1]!.toFixed(2)} ms`;
}

export const roundTrips: readonly FaultRow[] = [
  {
    id: 'R22',
    fault: 'round trips over sshd, direct and through two hops (one with ForceCommand): no hump at 40 ms',
    full: 10_000,
    quick: 100,
    run: async (count) => {
      await using target = await startSshd();
      await using bastion = await startSshd();
      await using gate = await startSshd({ forceCommand: '/bin/false' });
      const figures: string[] = [];
      try {
        for (const [way, servers] of Object.entries({
          direct: [target],
          'two hops': [bastion, gate, target],
        })) {
          await using transport = servers.length === 1 ? await openSsh(target) : await openThrough(servers);
          const medians = [];
          for (const bytes of sizes) medians.push(await measure(transport, bytes, count));
          figures.push(`${way} ${medians.join(', ')}`);
        }
        return { passed: count, failures: [], figure: `p50 of 1, 64, 338 KiB: ${figures.join('; ')}` };
      } catch (error) {
        return { passed: 0, failures: [(error as Error).stack ?? String(error)], figure: figures.join('; ') };
      }
    },
  },
];
