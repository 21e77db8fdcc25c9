import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { BuiltInPackages } from '@farsim/core';

/** The plugin packages that this package depends on. */
export const builtIn: BuiltInPackages = {
  folder: path.dirname(path.dirname(fileURLToPath(import.meta.url))),
  names: [
    '@farsim/transport-local',
    '@farsim/transport-ssh',
    '@farsim/codec-protobuf',
    '@farsim/codec-json',
    '@farsim/recorder-mcap',
    '@farsim/recorder-video',
    '@farsim/sim-mujoco',
    '@farsim/sim-gymnasium',
    '@farsim/sim-counter',
  ],
};
