import { definePlugin } from '@farsim/core';
import path from 'node:path';
import { z } from 'zod';
import { cameraChoice, viewedCamera } from './camera-choice.ts';
import { VideoRecorder } from './video-recorder.ts';

const size = z
  .string()
  .regex(/^[1-9]\d{1,3}x[1-9]\d{1,3}$/, {
    error: 'a size is WIDTHxHEIGHT in pixels, such as 640x480',
    abort: true,
  })
  .refine(
    (text) => text.split('x').every((length) => Number(length) % 2 === 0),
    'width and height of a video are even',
  );

export default definePlugin({
  kind: 'recorder',
  name: 'video',
  summary: 'Episodes as MP4 files and pictures, drawn by a simulator of this side.',
  support: 'in CI',
  needs: { view: 'simulator' },
  config: z.strictObject({
    folder: z.string().describe('The run’s folder; video/ and pictures/ are written in it.'),
    episodes: z
      .union([z.array(z.int().min(0)), z.literal('all')])
      .default('all')
      .describe('Numbers of the episodes to draw.'),
    camera: cameraChoice
      .optional()
      .describe(
        'A camera of the view’s model, or a free one: `{ azimuth: 135, elevation: -20, distance: 2, lookAt: [0, 0, 1] }` in degrees and metres, each of which may be left out. Without either: the model’s first, or one around it.',
      ),
    fps: z.int().min(25).max(60).default(30).describe('Pictures a second.'),
    size: size.default('640x480').describe('Width and height in pixels, even.'),
    speed: z.number().positive().default(1).describe('Simulated seconds a second.'),
    grid: z
      .int()
      .min(1)
      .max(8)
      .optional()
      .describe('Also all episodes in one video, so many beside each other.'),
    sheet: z
      .string()
      .regex(/^[\w-]+$/, 'a name is letters, digits, - and _')
      .default('contact-sheet')
      .describe('Name of the picture of all drawn episodes.'),
  }),
  open: async (config, { folder, progress, signal, view }) => {
    const { camera, grid, episodes, fps, speed, sheet } = config;
    const [width = 0, height = 0] = config.size.split('x').map(Number);
    return new VideoRecorder({
      view,
      folder: path.resolve(folder, config.folder),
      size: { width, height },
      episodes,
      fps,
      speed,
      progress,
      signal,
      sheet,
      ...(camera !== undefined && { camera: viewedCamera(camera) }),
      ...(grid !== undefined && { grid }),
    });
  },
});

export * from './camera-choice.ts';
export type * from './painter.ts';
export * from './video-recorder.ts';
export * from './mp4-facts.ts';
