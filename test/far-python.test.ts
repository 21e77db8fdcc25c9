import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, test } from 'vitest';
import { findFarPython } from '../core/src/remote/far-python.ts';
import { openLocalTransport } from './open-far.ts';

test('an interpreter that never answers is given up, and nothing of it is left', async () => {
  const folder = await mkdtemp(path.join(tmpdir(), 'farsim-python-'));
  const silent = path.join(folder, 'python3');
  await writeFile(silent, '#!/bin/sh\nexec sleep 600\n', { mode: 0o755 });
  await using transport = await openLocalTransport();
  const began = performance.now();
  await expect(
    findFarPython(transport.host!, silent, new AbortController().signal, 300),
  ).rejects.toMatchObject({ code: 'PYTHON_NOT_FOUND', message: expect.stringContaining('0.3 s') });
  expect(performance.now() - began).toBeLessThan(5_000);
  await rm(folder, { recursive: true });
});
