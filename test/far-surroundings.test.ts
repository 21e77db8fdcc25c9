import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { protobufCodec } from '@farsim/codec-protobuf';
import { defineFarSimulator } from '@farsim/core';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { openContext, openLocalTransport } from './open-far.ts';
import { makeConda } from './surroundings/make-conda.ts';

const sources = ['../plugins/sim-counter/adapters/counter_adapter.py', 'surroundings/seen_adapter.py'];
const adapter = {
  entry: 'seen_adapter:SeenAdapter',
  files: sources.map((source) => new URL(source, import.meta.url)),
};
const seen = { name: 'seen', summary: 'Tells what it sees.', config: {}, adapter };
const plain = defineFarSimulator(seen);
const named = defineFarSimulator({ ...seen, gpu: 'device name' });

interface Seen {
  readonly variables: Readonly<Record<string, string>>;
  readonly config: Readonly<Record<string, unknown>>;
}

/** What a far simulator of this machine sees of where it is. */
async function look(plugin: typeof plain, far: Readonly<Record<string, unknown>>): Promise<Seen> {
  await using transport = await openLocalTransport();
  const context = { ...openContext(), transport, codec: protobufCodec };
  await using simulator = await plugin.open(plugin.config.parse(far), context);
  return JSON.parse(simulator.spec.task) as Seen;
}

describe('gpu', () => {
  test.each([
    [1, '1'],
    ['cuda:1', '1'],
    ['GPU-5b1c', 'GPU-5b1c'],
  ])('%s hides the others from an engine, in the order of nvidia-smi', async (gpu, visible) => {
    const { variables, config } = await look(plain, { gpu });
    expect(variables).toMatchObject({ CUDA_VISIBLE_DEVICES: visible, CUDA_DEVICE_ORDER: 'PCI_BUS_ID' });
    expect(config).not.toHaveProperty('gpu');
  });
  test('is a device name for an engine that must see all cards', async () => {
    const { variables, config } = await look(named, { gpu: 1 });
    expect(config).toMatchObject({ gpu: 'cuda:1' });
    expect(variables.CUDA_DEVICE_ORDER).toBeUndefined();
  });
  test('that is left out leaves what a queue has chosen', async () => {
    const { variables } = await look(plain, { env: { CUDA_VISIBLE_DEVICES: '3' } });
    expect(variables.CUDA_VISIBLE_DEVICES).toBe('3');
    expect(variables.CUDA_DEVICE_ORDER).toBeUndefined();
  });
});

describe('python: conda:NAME', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'farsim-conda-'));
    vi.stubEnv('CONDA_EXE', await makeConda(folder));
  });
  afterEach(async () => {
    vi.unstubAllEnvs();
    await rm(folder, { recursive: true });
  });
  test('runs the simulator in the activated environment, its activate.d included, however talkative', async () => {
    const { variables } = await look(plain, { python: 'conda:sim' });
    expect(variables).toMatchObject({
      CONDA_DEFAULT_ENV: 'sim',
      ENGINE_HOME: `${folder}/envs/sim/engine`,
    });
  });
  test('names an environment that is not there', async () => {
    await expect(look(plain, { python: 'conda:other' })).rejects.toMatchObject({
      code: 'PYTHON_NOT_FOUND',
      message: expect.stringContaining('Could not find conda environment: other'),
    });
  });
});
