import type { FreeCamera } from '@farsim/core';
import { z } from 'zod';

const free = z.strictObject({
  lookAt: z.tuple([z.number(), z.number(), z.number()]).optional().describe('Metres.'),
  distance: z.number().positive().optional().describe('Metres.'),
  azimuth: z.number().optional().describe('Degrees about Z.'),
  elevation: z.number().min(-90).max(90).optional().describe('Degrees, below 0 from above.'),
});

/** A camera as a config writes it: the name of one, or a free one in metres and degrees. */
export const cameraChoice = z.union([z.string(), free]);
export type CameraChoice = z.infer<typeof cameraChoice>;

/** The same for {@link View.camera}, which takes radians. */
export function viewedCamera(choice: CameraChoice): string | FreeCamera {
  if (typeof choice === 'string') return choice;
  const { lookAt, distance, azimuth, elevation } = choice;
  return {
    ...(lookAt && { lookAt }),
    ...(distance !== undefined && { distance }),
    ...(azimuth !== undefined && { azimuth: radians(azimuth) }),
    ...(elevation !== undefined && { elevation: radians(elevation) }),
  };
}

function radians(degrees: number): number {
  return (degrees * Math.PI) / 180;
}
