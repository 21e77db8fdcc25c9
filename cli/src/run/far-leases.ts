import { FarsimError, PluginFinder, loadConfig, planPipeline, type PipelinePlan } from '@farsim/core';
import { Flags } from '@oclif/core';
import { parseSpan } from '../terminal/parse-span.ts';

/** A flag that takes a span of time, as seconds. */
export const spanFlag = Flags.custom<number>({
  helpValue: 'SPAN',
  parse: (text) => Promise.resolve(parseSpan(text)),
});

/** The simulators of a plan that run on a host and have a lease there. */
export function farSimulators({ simulators, sections }: PipelinePlan): readonly string[] {
  return simulators.filter((name) => {
    const { lease } = sections.get(`simulator/${name}`)!.config as { readonly lease?: unknown };
    return lease !== undefined;
  });
}

/** The overrides, and after them those that change the lease of each far simulator. Throws what checking throws, and USAGE when the config has no far simulator. */
export async function withLease(
  configs: readonly string[],
  overrides: readonly string[],
  lease: { readonly keep?: number | undefined; readonly grace?: number | undefined },
): Promise<readonly string[]> {
  const changes = Object.entries(lease).filter(([, seconds]) => seconds !== undefined);
  if (changes.length === 0) return overrides;
  const names = farSimulators(await planPipeline(loadConfig(configs, overrides), new PluginFinder()));
  if (names.length === 0)
    throw new FarsimError('USAGE', `${configs.join(', ')} has no simulator that outlives its client`);
  return [
    ...overrides,
    ...names.flatMap((name) =>
      changes.map(([key, seconds]) => `+simulators.${name}.lease.${key}=${String(seconds)}`),
    ),
  ];
}
