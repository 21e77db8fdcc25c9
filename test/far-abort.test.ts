import { randomUUID } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { buildBridgeArchive, farKeys, openRemoteSimulator, type Transport } from '@farsim/core';
import { protobufCodec } from '@farsim/codec-protobuf';
import sshTransport from '@farsim/transport-ssh';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openContext, openLocalTransport } from './open-far.ts';
import { startSshd, type Sshd } from './sshd/start-sshd.ts';

let sshd: Sshd;
beforeAll(async () => {
  sshd = await startSshd();
});
afterAll(() => sshd[Symbol.asyncDispose]());

const links: readonly { link: string; open: () => Promise<Transport> }[] = [
  { link: 'local', open: openLocalTransport },
  ...(['ssh2', 'openssh'] as const).map((client) => ({
    link: client,
    open: () => {
      const { port, user, identityFile, knownHosts } = sshd;
      const given = { host: '127.0.0.1', port, user, identityFile, knownHosts, client };
      return sshTransport.open(sshTransport.config.parse(given), openContext());
    },
  })),
];

/** Processes that run an archive; zombies do not count. */
function processesOf(archive: string): number[] {
  const has = (pid: number): boolean => {
    try {
      return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(archive);
    } catch {
      return false;
    }
  };
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter(has);
}

describe.each(links)('a start over $link that is stopped', ({ open }) => {
  // the bridge is not there yet, is being started, has just started, and has begun its simulator
  test.each([0, 40, 80, 120, 160, 240, 400])('%d ms after it began leaves nothing there', async (ms) => {
    const source = new URL('../plugins/sim-counter/adapters/counter_adapter.py', import.meta.url);
    // an archive of this test's own, by which its processes are known
    const files = new Map([
      ['counter_adapter.py', await readFile(source)],
      ['marker.txt', Buffer.from(randomUUID())],
    ]);
    const { fileName } = await buildBridgeArchive(files);
    const stop = new AbortController();
    await using transport = await open();
    const opening = openRemoteSimulator(transport, protobufCodec, {
      name: 'plant',
      adapter: { entry: 'counter_adapter:CounterAdapter', files, requirements: [] },
      options: z.object(farKeys).parse({}),
      config: {},
      files: {},
      signal: stop.signal,
      progress: (line) => {
        if (line.startsWith('starting ')) setTimeout(() => stop.abort(), ms);
      },
    });
    const outcome = await opening.then(
      (simulator) => simulator[Symbol.asyncDispose](),
      (error: unknown) => error,
    );
    if (outcome !== undefined) expect(outcome).toMatchObject({ code: 'INTERRUPTED', exitCode: 130 });
    await expect.poll(() => processesOf(fileName)).toEqual([]);
  });
});
