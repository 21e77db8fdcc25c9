import { defineFarSimulator } from '@farsim/core';
import { z } from 'zod';

export default defineFarSimulator({
  name: 'gymnasium',
  summary: 'Any Gymnasium environment by its id; MuJoCo ones give their whole state.',
  support: 'physics in CI',
  config: {
    task: z.string().describe('Registered id, such as Ant-v5.'),
    envs: z.int().min(1).default(1),
    workers: z
      .int()
      .min(0)
      .default(0)
      .describe('Processes that step the envs; 0: one after another in the bridge.'),
    autoreset: z
      .enum(['next_step', 'same_step', 'disabled'])
      .default('same_step')
      .describe('What happens to an env that ended.'),
    kwargs: z.record(z.string(), z.unknown()).default({}).describe('Arguments of gymnasium.make.'),
  },
  adapter: {
    entry: 'gymnasium_adapter:GymnasiumAdapter',
    files: [new URL('../adapters/gymnasium_adapter.py', import.meta.url)],
    requirements: ['gymnasium[mujoco]==1.4.0', 'mujoco==3.14.0'],
  },
});
