import { existsSync } from 'node:fs';
import path from 'node:path';
import { defineFarSimulator, FarsimError, folderFiles, functionFile } from '@farsim/core';
import { z } from 'zod';
import { isaacLabSupport as support } from './support.ts';

export default defineFarSimulator({
  name: 'isaac',
  summary: 'Isaac Lab on a far machine: with Kit, or without it on Newton.',
  support,
  config: {
    task: z.string().describe('Registered task id, such as Isaac-Cartpole; `-v0` may be there or not.'),
    envs: z.int().min(1).default(1),
    seed: z.int().min(0).default(0).describe('Seed with which the scene is made; resets have their own.'),
    device: z
      .string()
      .regex(/^(auto|cpu|cuda(:\d+)?)$/, 'must be `auto`, `cpu` or `cuda:N`')
      .default('auto')
      .describe('Where it computes: `cpu`, `cuda:0`; `auto`: `gpu`, or the first GPU if there is a driver.'),
    physics: z
      .string()
      .regex(/^\w+$/)
      .optional()
      .describe(
        'Engine of a task that has several (Isaac Lab 3): `newton_mjwarp`, `physx`, …; left out: its own.',
      ),
    cameras: z.boolean().default(false).describe('Starts Kit with cameras (2.x); 3.0 does so by itself.'),
    finalObservations: z
      .boolean()
      .default(false)
      .describe(
        'Observations of how episodes ended (Isaac Lab 3); a seeded run with noisy observations is then another one.',
      ),
    idlePump: z
      .boolean()
      .default(false)
      .describe('Draws twice a second while nothing is asked, so that a window or livestream stays alive.'),
    kitArgs: z.array(z.string()).default([]).describe('Arguments for Kit.'),
    configure: z
      .string()
      .regex(/^.+\.py:[A-Za-z_]\w*$/, 'must be `./file.py:function`')
      .optional()
      .describe(
        '`./lift_cfg.py:configure`: a function of yours that edits the task’s cfg before it starts, for what `overrides` cannot say.',
      ),
    assets: z
      .string()
      .optional()
      .describe('Folder of USD files that is uploaded and stands where Isaac looks for its cloud assets.'),
  },
  gpu: 'device name',
  adapter: {
    entry: 'isaac_adapter:IsaacAdapter',
    files: [new URL('../adapters/', import.meta.url)],
    requirements: ['isaaclab==3.0.0'],
    remakes: ['task', 'envs', 'seed', 'finalObservations', 'configure', 'imports', 'overrides'],
    pythonVersion: '3.12',
  },
  reads: ({ configure, assets }) => ({
    configure: configure?.replace(/:[^:]*$/, ''),
    assets,
  }),
  check: ({ assets }, folder) => {
    if (assets === undefined || existsSync(path.resolve(folder, assets, 'Isaac'))) return;
    throw new FarsimError(
      'FILE_NOT_FOUND',
      `assets: ${path.resolve(folder, assets)} holds no folder 'Isaac'`,
      {
        suggestions: [
          'lay the files as Isaac’s cloud has them: Isaac/IsaacLab/…, as in examples/isaac/assets',
        ],
      },
    );
  },
  files: async ({ configure, assets }, { folder }) => ({
    ...(configure !== undefined && { configure: await functionFile(folder, configure) }),
    ...(assets !== undefined && { assets: await folderFiles(path.resolve(folder, assets)) }),
  }),
});
