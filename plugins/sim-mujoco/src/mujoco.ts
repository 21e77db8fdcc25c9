import path from 'node:path';
import {
  definePlugin,
  FarsimError,
  type EntitySpec,
  type ModelFiles,
  type OpenContext,
  type Simulator,
} from '@farsim/core';
import { z } from 'zod';
import { collectModelFiles } from './collect-model-files.ts';
import { openMujoco } from './world/open-mujoco.ts';

const pixels = z.int().min(16).max(8192);

/** MuJoCo in this process, as WebAssembly, with a painter that needs neither GPU nor display. */
export default definePlugin({
  kind: 'simulator',
  name: 'mujoco',
  summary: 'MuJoCo here, in WebAssembly: steps, replays and draws.',
  support: 'tested',
  config: z
    .object({
      model: z.string().describe('MJCF file, or `from NAME`: the model of another simulator of this config.'),
      map: z
        .literal('auto')
        .default('auto')
        .describe('How the states of a `from` simulator are matched: by name.'),
      envs: z.int().min(1).default(1),
      keyframe: z
        .string()
        .optional()
        .describe('Keyframe that a reset begins from; left out: the first, if there is one.'),
      stepDt: z
        .number()
        .positive()
        .optional()
        .describe('Seconds of a control step; left out: ten physics steps.'),
      camera: z
        .object({ width: pixels.default(640), height: pixels.default(480) })
        .strict()
        .prefault({})
        .describe('Pixels of the pictures in frames.'),
    })
    .strict(),
  open: async ({ model, envs, keyframe, stepDt, camera }, context) => {
    const { files, follow } = await findModel(model, context);
    return openMujoco({
      model: files,
      envs,
      camera,
      ...(keyframe !== undefined && { keyframe }),
      ...(stepDt !== undefined && { stepDt }),
      ...(follow && { follow }),
      signal: context.signal,
      progress: context.progress,
      log: context.log,
    });
  },
});

async function findModel(
  model: string,
  { folder, section, name }: OpenContext,
): Promise<{ files: ModelFiles; follow?: Readonly<Record<string, EntitySpec>> }> {
  const other = /^from (\S+)$/.exec(model)?.[1];
  if (other === undefined) return { files: await collectModelFiles(path.resolve(folder, model)) };
  const simulator = (await section('simulator', other)) as Simulator;
  if (!simulator.model) {
    throw new FarsimError('UNSUPPORTED', `simulators.${name}: '${other}' has no model to take`, {
      suggestions: ['name an MJCF file with `model:`'],
    });
  }
  return { files: await simulator.model(), follow: simulator.spec.entities };
}
