import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { openPipeline } from '@farsim/core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openBreakableLink } from './faults/breakable-link.ts';
import { startSshd, type Sshd } from './sshd/start-sshd.ts';

let sshd: Sshd;
let folder: string;
beforeAll(async () => {
  [sshd, folder] = await Promise.all([startSshd(), mkdtemp(path.join(tmpdir(), 'farsim-end-'))]);
});
afterAll(async () => {
  await sshd[Symbol.asyncDispose]();
  await rm(folder, { recursive: true });
});

test('a link that freezes with the last step is not waited for to measure it, and the recording is whole', async () => {
  await using link = await openBreakableLink(sshd.port);
  const { user, identityFile, hostKeys } = sshd;
  const knownHosts = path.join(folder, 'known_hosts');
  const keys = Object.values(hostKeys).map((line) => line.replace(`:${sshd.port} `, `:${link.port} `));
  await writeFile(knownHosts, `${keys.join('\n')}\n`);
  const ssh = { host: '127.0.0.1', port: link.port, user, identityFile, knownHosts, configFile: 'none' };
  const config = {
    version: 1,
    hosts: { box: { ssh } },
    simulators: { plant: { use: 'counter', on: 'box', lease: { grace: 20 } } },
    run: { controller: { use: 'random' }, episodes: 1, steps: 30, folder },
  };
  await using pipeline = await openPipeline(config);
  let frozen = Infinity;
  const summary = await pipeline.run({
    onStep: ({ step }) => {
      if (step !== 30) return;
      frozen = performance.now();
      link.freeze();
    },
  });
  expect(performance.now() - frozen).toBeLessThan(12_000);
  link.thaw();
  expect(summary).toMatchObject({ reason: 'finished', steps: 30 });
  expect(summary.times.step).toMatchObject({ count: 30 });
  const exit = JSON.parse(await readFile(path.join(summary.folder, 'exit.json'), 'utf8')) as object;
  expect(exit).toMatchObject({ reason: 'finished' });
});
