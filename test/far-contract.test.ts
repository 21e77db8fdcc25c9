import { simulatorContract } from '@farsim/core/testing';
import type { Transport } from '@farsim/core';
import { afterAll, beforeAll, describe } from 'vitest';
import { holdToContract } from './hold-to-contract.ts';
import { openAdapter, openLocalTransport } from './open-far.ts';

let transport: Transport;
beforeAll(async () => {
  transport = await openLocalTransport();
});
afterAll(async () => {
  await transport[Symbol.asyncDispose]();
});

const python = process.env.FARSIM_TEST_PYTHON ?? 'python3';
const arm = new URL('../cli/demo/arm.xml', import.meta.url).pathname;

describe.each([
  {
    name: 'counter',
    plugin: 'sim-counter',
    entry: 'counter_adapter:CounterAdapter',
    config: { envs: 3, size: 2 },
  },
  {
    name: 'mujoco-native',
    plugin: 'sim-mujoco',
    entry: 'mujoco_native_adapter:MujocoNativeAdapter',
    config: { envs: 2, model: arm },
  },
  {
    name: 'gymnasium',
    plugin: 'sim-gymnasium',
    entry: 'gymnasium_adapter:GymnasiumAdapter',
    config: { envs: 2, task: 'Ant-v5' },
  },
])('far $name', ({ plugin, entry, config }) => {
  const open = () => openAdapter(transport, plugin, entry, { config, far: { python } });
  holdToContract(simulatorContract, open);
});
