import { FarsimError } from '@farsim/core';
import type { CameraChoice } from '@farsim/recorder-video';
import { Flags } from '@oclif/core';
import { numberFlag } from '../terminal/number-flag.ts';

const notWith = { exclusive: ['camera'] };

/** Flags that choose what is looked at, and from where. */
export const cameraFlags = {
  camera: Flags.string({
    helpValue: 'NAME',
    summary: 'A camera of the model; left out: its first, or a free one around it.',
  }),
  cameras: Flags.boolean({ summary: 'List the model’s cameras, and draw nothing.', exclusive: ['camera'] }),
  azimuth: numberFlag({})({ summary: 'A free camera, turned by so many degrees about Z.', ...notWith }),
  elevation: numberFlag({ min: -90, max: 90 })({
    summary: 'A free camera at so many degrees; below 0 it looks down.',
    ...notWith,
  }),
  distance: numberFlag({ above: 0 })({
    summary: 'A free camera, so many metres from where it looks.',
    ...notWith,
  }),
  lookat: Flags.custom<[number, number, number]>({ parse: parsePoint })({
    helpValue: 'X,Y,Z',
    summary: 'A free camera that looks at that point, in metres; left out: the model’s centre.',
    ...notWith,
  }),
};

export interface CameraFlags {
  readonly camera?: string | undefined;
  readonly azimuth?: number | undefined;
  readonly elevation?: number | undefined;
  readonly distance?: number | undefined;
  readonly lookat?: [number, number, number] | undefined;
}

/** The camera that the flags choose; undefined where they choose none. */
export function chosenCamera({ camera, lookat: lookAt, ...turned }: CameraFlags): CameraChoice | undefined {
  if (camera !== undefined) return camera;
  const { azimuth, elevation, distance } = turned;
  const free = Object.entries({ lookAt, distance, azimuth, elevation }).filter(
    ([, value]) => value !== undefined,
  );
  return free.length === 0 ? undefined : (Object.fromEntries(free) as CameraChoice);
}

async function parsePoint(text: string): Promise<[number, number, number]> {
  const numbers = text.split(',').map((part) => (part.trim() === '' ? NaN : Number(part)));
  if (numbers.length === 3 && numbers.every(Number.isFinite)) return numbers as [number, number, number];
  throw new FarsimError('USAGE', `--lookat: '${text}' is not X,Y,Z in metres, such as 0,0,0.5`);
}
