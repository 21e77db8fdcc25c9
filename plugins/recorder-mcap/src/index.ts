import { definePlugin } from '@farsim/core';
import path from 'node:path';
import { z } from 'zod';
import { openRecording } from './mcap-recording.ts';
import { openRunRecorder } from './run-recorder.ts';

const images = z
  .strictObject({
    cameras: z.array(z.string()).min(1).describe('Cameras to record.'),
    every: z.int().min(1).default(1).describe('One image in so many ticks.'),
    encoding: z.enum(['raw', 'jpeg', 'png']).default('png'),
  })
  .optional();

export default definePlugin({
  kind: 'recorder',
  name: 'mcap',
  summary: 'Crash-safe recordings as MCAP files that other tools open too.',
  support: 'in CI',
  config: z.strictObject({
    folder: z.string().describe('The run’s folder; rounds/ and index.json are written in it.'),
    state: z.boolean().default(true).describe('Record the state of every entity.'),
    bodies: z
      .enum(['never', 'episodeStart', 'always'])
      .default('episodeStart')
      .describe('When to record the poses of all bodies.'),
    images,
  }),
  open: (config, { folder }) => {
    const { state, bodies, images } = config;
    const needs = { state, bodies, ...(images && { images }) };
    return openRunRecorder({ folder: path.resolve(folder, config.folder), needs });
  },
  read: openRecording,
});

export * from './run-recorder.ts';
export * from './mcap-recording.ts';
export * from './run/run-index.ts';
export * from './data-info.ts';
export * from './recover.ts';
export * from './verify-ledger.ts';
