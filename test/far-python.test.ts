import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, test } from 'vitest';
import { findFarPython } from '../core/src/remote/hosts/far-python.ts';
import { openRemoteSimulator } from '@farsim/core';
import { protobufCodec } from '@farsim/codec-protobuf';
import { counterOrder, openLocalTransport } from './open-far.ts';

test('an interpreter that never answers is given up, and nothing of it is left', async () => {
  const folder = await mkdtemp(path.join(tmpdir(), 'farsim-python-'));
  const silent = path.join(folder, 'python3');
  await writeFile(silent, '#!/bin/sh\nexec sleep 600\n', { mode: 0o755 });
  await using transport = await openLocalTransport();
  const began = performance.now();
  await expect(
    findFarPython(transport.host!, silent, new AbortController().signal, 300),
  ).rejects.toMatchObject({ code: 'PYTHON_NOT_FOUND', message: expect.stringContaining('0.3 s') });
  expect(performance.now() - began).toBeLessThan(20_000);
  await rm(folder, { recursive: true });
});

test('a simulator that needs another CPython than the bridge found runs in that one', async () => {
  const wanted = await otherVersion();
  await using transport = await openLocalTransport();
  const said: string[] = [];
  const order = await counterOrder({ far: { python: 'managed' }, progress: (line) => void said.push(line) });
  const adapter = { ...order.adapter, requirements: [], pythonVersion: wanted };
  await using simulator = await openRemoteSimulator(transport, protobufCodec, { ...order, adapter });
  expect(simulator.spec.versions.python).toMatch(new RegExp(`^${wanted}\\.`));
  expect(said).toContainEqual(expect.stringMatching(new RegExp(`^starting .* \\(Python ${wanted}\\.`)));
});

/** 3.12, which a machine that runs these tests has somewhere; 3.11 where that is what `python3` is. */
async function otherVersion(): Promise<string> {
  await using transport = await openLocalTransport();
  const { version } = await findFarPython(transport.host!, undefined, new AbortController().signal);
  return version.startsWith('3.12.') ? '3.11' : '3.12';
}
