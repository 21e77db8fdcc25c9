import { z } from 'zod';

const vector = z.tuple([z.number(), z.number(), z.number()]);
const pixels = z.int().min(1).max(8192);

/** One of `cameras` of `use: isaac-sim`: a camera prim of the stage, or one that is made at a pose; either with the size of its pictures. */
export const sceneCamera = z
  .strictObject({
    prim: z.string().startsWith('/').optional().describe('Path of a camera prim of the stage.'),
    pos: vector.optional().describe('Where one is made, metres.'),
    lookAt: vector.optional().describe('What it looks at, metres; Z is up.'),
    quat: z
      .tuple([z.number(), z.number(), z.number(), z.number()])
      .refine((quat) => Math.abs(Math.hypot(...quat) - 1) <= 0.1, 'must have a norm of 1')
      .optional()
      .describe('In the place of `lookAt`: its orientation, wxyz; it looks along its −Z, its +Y is up.'),
    fovy: z
      .number()
      .gt(0)
      .lt(180)
      .optional()
      .describe('Vertical field of view of one that is made, degrees; left out: 45.'),
    width: pixels.default(640),
    height: pixels.default(480),
  })
  .refine(({ prim, pos }) => (prim === undefined) !== (pos === undefined), {
    error: 'is either `prim`, a camera of the stage, or `pos`, where one is made',
  })
  .refine(({ pos, lookAt, quat }) => pos === undefined || (lookAt === undefined) !== (quat === undefined), {
    error: '`pos` goes with either `lookAt` or `quat`',
  })
  .refine(({ pos, lookAt }) => !pos || !lookAt || pos.some((value, axis) => value !== lookAt[axis]), {
    error: '`lookAt` is where the camera is',
  })
  .refine(({ prim, lookAt, quat, fovy }) => prim === undefined || !(lookAt ?? quat ?? fovy), {
    error: '`lookAt`, `quat` and `fovy` are of a camera that is made; `prim` has its own',
  });
