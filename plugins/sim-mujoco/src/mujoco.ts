import { definePlugin, type EntitySpec } from '@farsim/core';
import { z } from 'zod';
import { fromSection, modelFile, modelFilesOf, simulatorNamed } from './model-source.ts';
import { openMujoco } from './world/open-mujoco.ts';

/** The near `mujoco`: physics, replay and pictures in this process. */
export default definePlugin({
  kind: 'simulator',
  name: 'mujoco',
  summary: 'MuJoCo here: physics, replay and pictures without a GPU or a display.',
  support: 'tested',
  config: z
    .object({
      model: z.string().describe('MJCF file, or `from NAME`: the model of another simulator of this config.'),
      states: z
        .string()
        .regex(fromSection)
        .optional()
        .describe(
          '`from NAME`: states have the names and orders of that simulator; left out: the one that the model is from.',
        ),
      map: z
        .enum(['auto', 'none'])
        .default('auto')
        .describe('How those names are found in the model; `none`: states have the model’s own names.'),
      envs: z.int().min(1).default(1).describe('Worlds of the model, side by side.'),
      stepDt: z
        .number()
        .positive()
        .optional()
        .describe('Seconds of a control step; left out: ten physics steps.'),
      keyframe: z
        .string()
        .optional()
        .describe('Keyframe that a reset begins from; left out: the first, if there is one.'),
      camera: z
        .object({ width: z.int().min(1).default(640), height: z.int().min(1).default(480) })
        .strict()
        .default({ width: 640, height: 480 })
        .describe('Pixels of the pictures in frames.'),
    })
    .strict(),
  reads: ({ model }) => modelFile(model),
  open: async ({ model, states, map, envs, stepDt, keyframe, camera }, context) => {
    const source = await simulatorNamed(model, context);
    const named = states === undefined ? source : await simulatorNamed(states, context);
    const follow = map === 'none' ? undefined : named?.spec.entities;
    return openMujoco({
      model: await modelFilesOf(model, source, context),
      envs,
      camera,
      ...(follow && hasEntities(follow) && { follow }),
      ...(stepDt !== undefined && { stepDt }),
      ...(keyframe !== undefined && { keyframe }),
      signal: context.signal,
      progress: context.progress,
      log: (line) => context.log(`${context.name}: ${line}`),
    });
  },
});

function hasEntities(entities: Readonly<Record<string, EntitySpec>>): boolean {
  return Object.keys(entities).length > 0;
}
