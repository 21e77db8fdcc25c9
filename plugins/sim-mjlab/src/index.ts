import { defineFarSimulator, functionFile } from '@farsim/core';
import { z } from 'zod';

export default defineFarSimulator({
  name: 'mjlab',
  summary: 'An mjlab task on a far machine: MuJoCo Warp, on a GPU or without one.',
  support: [
    {
      of: 'mjlab 1.6 on the CPU',
      level: 'physics in CI',
      by: '`npm run test:engines`, a part of `npm run test:full`',
    },
    { of: 'GPUs', level: 'untested' },
  ],
  config: {
    task: z.string().describe('Registered task id, such as Mjlab-Velocity-Flat-Unitree-G1.'),
    envs: z.int().min(1).default(1),
    seed: z.int().min(0).default(0).describe('Seed with which the scene is made; resets have their own.'),
    device: z
      .string()
      .regex(/^(auto|cpu|cuda(:\d+)?)$/, 'must be `auto`, `cpu` or `cuda:N`')
      .default('auto')
      .describe('Where it computes; `auto`: the GPU that it is given, or the CPU where there is none.'),
    play: z.boolean().default(false).describe('Takes the task’s settings for playing instead of training.'),
    configure: z
      .string()
      .regex(/^.+\.py:[A-Za-z_]\w*$/, 'must be `./file.py:function`')
      .optional()
      .describe(
        '`./my_cfg.py:configure`: a function of yours that edits the task’s cfg, for what `overrides` cannot say.',
      ),
  },
  adapter: {
    entry: 'mjl_adapter:MjlAdapter',
    files: [new URL('../adapters/', import.meta.url)],
    requirements: ['mjlab==1.6.0'],
  },
  reads: ({ configure }) => ({ configure: configure?.replace(/:[^:]*$/, '') }),
  files: async ({ configure }, { folder }) =>
    configure === undefined ? {} : { configure: await functionFile(folder, configure) },
});
