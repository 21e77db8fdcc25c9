import path from 'node:path';
import {
  defineFarSimulator,
  FarsimError,
  functionFile,
  type ModelFiles,
  type OpenContext,
} from '@farsim/core';
import type { Simulator } from '@farsim/core';
import { z } from 'zod';
import { collectSceneFiles } from './collect-scene-files.ts';

const fromSection = /^from (\S+)$/;
const gain = z.number().nonnegative().optional();

export default defineFarSimulator({
  name: 'newton',
  summary: 'Newton on a far machine: worlds of an MJCF, URDF or USD file, on a GPU or without one.',
  support: [
    {
      of: 'Newton 1.8 on the CPU',
      level: 'physics in CI',
      by: '`npm run test:engines`, a part of `npm run test:full`',
    },
    { of: 'GPUs', level: 'untested' },
  ],
  config: {
    model: z
      .string()
      .describe(
        'Scene file here (.xml, .urdf, .usd, .usda), uploaded with the files that it names, or `from NAME`: the model of another simulator.',
      ),
    envs: z.int().min(1).default(1),
    solver: z
      .enum(['mujoco', 'mujoco_cpu', 'featherstone', 'xpbd', 'semi_implicit', 'vbd'])
      .default('mujoco')
      .describe(
        'What computes: MuJoCo Warp, MuJoCo itself for one world, or one of Newton’s own, whose states cannot all be set.',
      ),
    solverArgs: z
      .record(z.string(), z.unknown())
      .default({})
      .describe('Arguments of that solver’s class, such as `iterations: 50`.'),
    stepDt: z.number().positive().default(0.02).describe('Seconds of a control step.'),
    substeps: z.int().min(1).default(4).describe('Physics steps of a control step.'),
    device: z
      .string()
      .regex(/^(auto|cpu|cuda(:\d+)?)$/, 'must be `auto`, `cpu` or `cuda:N`')
      .default('auto')
      .describe('Where it computes; `auto`: the GPU that it is given, or the CPU where there is none.'),
    control: z
      .enum(['auto', 'position', 'velocity', 'effort', 'actuators'])
      .default('auto')
      .describe(
        'What an action is: targets or efforts of joints, or controls of an MJCF’s actuators. `auto`: its actuators, else positions where joints have drives, else efforts.',
      ),
    joints: z
      .array(z.string())
      .min(1)
      .optional()
      .describe('Joints that an action drives, in this order; left out: all.'),
    stiffness: gain.describe('Of the drives, N/m or N·m/rad; left out: the file’s.'),
    damping: gain.describe('Of the drives, N·s/m or N·m·s/rad; left out: the file’s.'),
    at: z
      .tuple([z.number(), z.number(), z.number()])
      .optional()
      .describe('Moves the file’s bodies, metres; what has no joint, such as its floor, stays.'),
    floating: z
      .boolean()
      .optional()
      .describe('Whether the root flies or is fixed; left out: as the file says.'),
    ground: z
      .boolean()
      .optional()
      .describe('Adds a ground plane at 0; left out: where the file has no plane.'),
    noise: z
      .number()
      .nonnegative()
      .default(0)
      .describe('At a seeded reset, joints begin up to so many radians or metres away.'),
    episodeSteps: z.int().min(1).optional().describe('Control steps after which an env is truncated.'),
    configure: z
      .string()
      .regex(/^.+\.py:[A-Za-z_]\w*$/, 'must be `./file.py:function`')
      .optional()
      .describe('`./scene.py:configure`: a function of yours that edits the ModelBuilder of one world.'),
  },
  adapter: {
    entry: 'newton_adapter:NewtonAdapter',
    files: [new URL('../adapters/', import.meta.url)],
    requirements: [
      'newton[sim]==1.8.0',
      'newton-usd-schemas>=0.6.0',
      "usd-core>=25.5,<26.9; platform_machine != 'aarch64'",
      "usd-exchange>=2.3,<4; platform_machine == 'aarch64'",
      'trimesh>=4.6.8',
      'pycollada>=0.9',
      'scipy>=1.11',
      'pillow>=11.3',
    ],
  },
  reads: ({ model, configure }) => ({
    ...(!fromSection.test(model) && { model }),
    configure: configure?.replace(/:[^:]*$/, ''),
  }),
  asksFor: ({ model }) => (fromSection.test(model) ? { model } : {}),
  files: async ({ model, configure }, context) => ({
    model: await sceneFiles(model, context),
    ...(configure !== undefined && { configure: await functionFile(context.folder, configure) }),
  }),
});

async function sceneFiles(model: string, { folder, section }: OpenContext): Promise<ModelFiles> {
  const name = fromSection.exec(model)?.[1];
  if (name === undefined) return collectSceneFiles(path.resolve(folder, model));
  const source = (await section('simulator', name)) as Simulator;
  if (source.model) return source.model();
  throw new FarsimError('UNSUPPORTED', `model: ${model}: that simulator has no MJCF to give`, {
    suggestions: ['give a scene file of the same robot as `model`'],
  });
}
