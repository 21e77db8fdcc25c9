import path from 'node:path';
import { defineFarSimulator, FarsimError, folderFiles } from '@farsim/core';
import { z } from 'zod';
import { sceneCamera } from './scene-camera.ts';
import { isaacSimSupport as support } from './support.ts';

export default defineFarSimulator({
  name: 'isaac-sim',
  summary: 'A USD scene in standalone Isaac Sim on a far machine.',
  support,
  config: {
    usd: z.string().describe('USD file: a path there, a path in `assets`, or a URL. In metres, with Z up.'),
    prims: z
      .record(z.string().regex(/^[\w.-]+$/), z.string().startsWith('/'))
      .refine((prims) => Object.keys(prims).length > 0, 'must name at least one prim')
      .describe(
        'Articulations and rigid bodies by the name that they are to have: `{ robot: /World/Franka }`.',
      ),
    envs: z.int().min(1).default(1).describe('1: the scene is there once.'),
    cameras: z
      .record(z.string().regex(/^[\w.-]+$/), sceneCamera)
      .default({})
      .describe(
        'Cameras by the name that their pictures are to have: `{ wrist: { prim: /World/Franka/hand/camera }, room: { pos: [2, 0, 1.5], lookAt: [0, 0, 0.4], width: 320, height: 240 } }`. None: nothing is rendered.',
      ),
    physicsDt: z
      .number()
      .positive()
      .default(1 / 60)
      .describe('Seconds of a physics step.'),
    decimation: z.int().min(1).default(1).describe('Physics steps of a control step.'),
    episodeSteps: z.int().min(0).default(0).describe('Control steps after which it is truncated; 0: never.'),
    device: z
      .string()
      .regex(/^(auto|cpu|cuda(:\d+)?)$/, 'must be `auto`, `cpu` or `cuda:N`')
      .default('auto')
      .describe('Where it computes: `cpu`, `cuda:0`; `auto`: `gpu`, or the first GPU if there is a driver.'),
    kitArgs: z.array(z.string()).default([]).describe('Arguments for Kit.'),
    assets: z.string().optional().describe('Folder of USD files that is uploaded; `usd` is a path in it.'),
  },
  gpu: 'device name',
  adapter: {
    entry: 'isaac_sim_adapter:IsaacSimAdapter',
    files: [new URL('../adapters/', import.meta.url)],
  },
  check: ({ envs }) => {
    if (envs === 1) return;
    throw new FarsimError(
      'UNSUPPORTED',
      `envs: ${envs} envs of a USD scene; \`use: isaac-sim\` has the scene once`,
      {
        suggestions: [
          '`use: isaac`: a task of Isaac Lab, which clones its scene',
          'several simulators of one env each',
        ],
      },
    );
  },
  reads: ({ assets }) => ({ assets }),
  files: async ({ assets }, { folder }) => ({
    ...(assets !== undefined && { assets: await folderFiles(path.resolve(folder, assets)) }),
  }),
});
