import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { f64, type Frame, type RemoteSimulator, type Tensor, type Transport } from '@farsim/core';
import sshTransport from '@farsim/transport-ssh';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openContext, openCounter } from './open-far.ts';
import { mayOpenNamespaces, openNamespaces, type Namespaces } from './sshd/network-namespaces.ts';
import { startSshd, type Sshd } from './sshd/start-sshd.ts';

const one = f64([1], [1, 1]);
const sum = ({ observations }: Frame): number => (observations as Tensor).data[0] as number;

function reach(sshd: Sshd, client: string): Promise<Transport> {
  const { address: host, port, user, identityFile, knownHosts } = sshd;
  const given = { host, port, user, identityFile, knownHosts, client, configFile: 'none' };
  return sshTransport.open(sshTransport.config.parse(given), openContext());
}

/** Steps without pause until `disturb` is through and some more, and proves that each step was applied once and in order. */
async function stepThrough(simulator: RemoteSimulator, disturb: () => Promise<void>): Promise<void> {
  await simulator.reset();
  let disturbed = false;
  const disturbing = disturb().finally(() => (disturbed = true));
  let steps = 0;
  for (let more = 3; more > 0; more -= disturbed ? 1 : 0) {
    const frames = await Promise.all(Array.from({ length: 16 }, () => simulator.step(one)));
    expect(frames.map(sum)).toEqual(Array.from({ length: 16 }, (_, i) => steps + i + 1));
    steps += 16;
  }
  await disturbing;
  expect(simulator.session.ledger.head().index).toBe(steps + 1);
  expect(simulator.session.ledger.fault).toBeUndefined();
}

/** Pids of ssh programs that hold a connection for this process. */
function masters(): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => {
      try {
        const words = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
        const parent = Number(/^PPid:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]);
        const grandparent = readFileSync(`/proc/${parent}/status`, 'utf8');
        return words[0] === 'ssh' && words.includes('-M') && grandparent.includes(`PPid:\t${process.pid}\n`);
      } catch {
        return false;
      }
    });
}

describe.each(['ssh2', 'openssh'])('a far counter over %s', (client) => {
  let sshd: Sshd;
  beforeAll(async () => {
    sshd = await startSshd();
  });
  afterAll(() => sshd[Symbol.asyncDispose]());

  test('whose connections are killed goes on where it was', async () => {
    await using transport = await reach(sshd, client);
    await using simulator = await openCounter(transport);
    await stepThrough(simulator, async () => {
      for (let cut = 0; cut < 3; cut++) {
        await sleep(200);
        // on a busy machine the link may not be back yet
        await expect.poll(() => sshd.cut(), { timeout: 10_000 }).toBeGreaterThan(0);
      }
    });
  });
});

test('a far counter whose local ssh is killed goes on where it was', async () => {
  await using sshd = await startSshd();
  await using transport = await reach(sshd, 'openssh');
  await using simulator = await openCounter(transport);
  await stepThrough(simulator, async () => {
    await sleep(200);
    const pids = masters();
    expect(pids).toHaveLength(1);
    for (const pid of pids) process.kill(pid, 'SIGKILL');
  });
});

const frozen = 'a far counter on a machine of its own';
describe.runIf(mayOpenNamespaces(frozen))(frozen, () => {
  let network: Namespaces;
  let sshd: Sshd;
  beforeAll(async () => {
    network = await openNamespaces(1);
    sshd = await startSshd({ on: network.machines[0]! });
  });
  afterAll(async () => {
    await sshd[Symbol.asyncDispose]();
    await network[Symbol.asyncDispose]();
  });
  test.each(['ssh2', 'openssh'])('whose link is away for 5 s goes on where it was, by %s', async (client) => {
    await using transport = await reach(sshd, client);
    await using simulator = await openCounter(transport);
    await stepThrough(simulator, async () => {
      await network.machines[0]!.cut();
      await sleep(5_000);
      await network.machines[0]!.mend();
    });
  });
});
