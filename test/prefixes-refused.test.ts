import type { RemoteSimulator } from '@farsim/core';
import { describe, expect, test } from 'vitest';
import { openCounter, openLocalTransport, type FarOrder } from './open-far.ts';

describe('a prefix', () => {
  const open = async (far: FarOrder['far']): Promise<RemoteSimulator> => {
    await using transport = await openLocalTransport();
    return openCounter(transport, { far: far! });
  };
  test('whose program is not there is named', async () => {
    await expect(open({ launch: ['no-such-docker', 'exec', '-i', 'isaac'] })).rejects.toMatchObject({
      code: 'START_FAILED',
      message: "local has no program 'no-such-docker'",
    });
  });
  test('that fails is a failed start with what it said', async () => {
    const fails = ['sh', '-c', 'echo "Error: No such container: isaac" >&2; exit 125'];
    await expect(open({ launch: fails })).rejects.toMatchObject({
      code: 'START_FAILED',
      message: expect.stringMatching(/exit status 125: Error: No such container: isaac$/),
    });
    await expect(open({ launch: fails, enter: ['env'] })).rejects.toMatchObject({
      code: 'START_FAILED',
      message: expect.stringMatching(/exit status 125: Error: No such container: isaac$/),
    });
  });
  test('that ends before the bridge began without a word is a failed start', async () => {
    await expect(open({ launch: ['true'], enter: ['env'] })).rejects.toMatchObject({
      code: 'START_FAILED',
      message: expect.stringMatching(/exit status 0: it printed nothing$/),
    });
  });
  test('that passes the bridge’s own refusal on does not hide it', async () => {
    await expect(open({ launch: ['env'], cwd: '/nowhere' })).rejects.toMatchObject({
      code: 'FILE_NOT_FOUND',
    });
  });
  test('that queues needs another one to enter its job', async () => {
    await expect(open({ launch: ['srun', '--gres=gpu:1'] })).rejects.toMatchObject({
      code: 'CONFIG_INVALID',
      suggestions: ["enter: [srun, --overlap, '--jobid={job}']"],
    });
  });
});
