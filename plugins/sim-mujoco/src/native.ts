import { defineFarSimulator } from '@farsim/core';
import { z } from 'zod';
import { modelFile, modelFilesOf, modelSource, simulatorNamed } from './model-source.ts';

/** The far `mujoco-native`: Python MuJoCo, the reference implementation of the state's schema. */
export default defineFarSimulator({
  name: 'mujoco-native',
  summary: 'MuJoCo far away, in Python.',
  support: 'physics in CI',
  config: {
    model: z
      .string()
      .describe('MJCF file here, or `from NAME`: the model of another simulator of this config.'),
    envs: z.int().min(1).default(1),
    stepDt: z
      .number()
      .positive()
      .optional()
      .describe('Seconds of a control step; left out: ten physics steps.'),
    keyframe: z
      .string()
      .optional()
      .describe('Keyframe that a reset begins from; left out: the first, if there is one.'),
    episodeSteps: z.int().min(1).optional().describe('Control steps after which an env is truncated.'),
    noise: z
      .record(z.string(), z.array(z.number().nonnegative()).min(1).max(3))
      .default({})
      .describe('At a seeded reset, free bodies by name are moved by up to so many metres along x, y, z.'),
  },
  adapter: {
    entry: 'mujoco_native_adapter:MujocoNativeAdapter',
    files: [new URL('../adapters/mujoco_native_adapter.py', import.meta.url)],
    requirements: ['mujoco==3.14.0', 'numpy'],
  },
  reads: ({ model }) => modelFile(model),
  asksFor: ({ model }) => modelSource(model),
  files: async ({ model }, context) => ({
    model: await modelFilesOf(model, await simulatorNamed(model, context), context),
  }),
});
