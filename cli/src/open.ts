import {
  openPipeline as openWith,
  type ConfigSource,
  type OpenPipelineOptions,
  type Pipeline,
} from '@farsim/core';
import { builtIn } from './built-in.ts';

/**
 * Opens what a config file (or a plain object of the same form) describes, with farsim's own plugins at hand:
 * `await using pipeline = await openPipeline('pipeline.yaml', ['simulators.plant.on=gpu-box'])`. Leaving the block closes
 * the simulators, the far ones included. Throws what reading, checking and opening throw.
 */
export function openPipeline(
  source: ConfigSource,
  overrides: readonly string[] = [],
  options: Omit<Partial<OpenPipelineOptions>, 'overrides'> = {},
): Promise<Pipeline> {
  return openWith(source, { builtIn, ...options, overrides });
}
