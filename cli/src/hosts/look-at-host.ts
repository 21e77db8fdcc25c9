import {
  PluginFinder,
  lookForSimulators,
  openFarHost,
  openHost,
  toldHost,
  FarsimError,
  type FarInterpreter,
  type FarMachine,
  type HostEntry,
  type OpenedHost,
} from '@farsim/core';

/** What a machine has for simulators. */
export interface LookedAtHost {
  readonly entry: HostEntry;
  readonly interpreters: readonly FarInterpreter[];
  readonly machine: FarMachine;
}

/** Looks for the simulators of a machine as `on:` names it, in `also` too, and at its GPUs and disk. Throws what stands in the way. */
export async function lookAtHost(
  name: string,
  also: readonly string[],
  signal: AbortSignal,
): Promise<LookedAtHost> {
  const silent = (): void => undefined;
  try {
    await using opened = await openHost(name, new PluginFinder(), { signal, progress: silent, log: silent });
    return await lookThrough(opened, also, signal);
  } catch (error) {
    throw toldHost(error, name);
  }
}

async function lookThrough(
  { name, entry, transport: { host } }: OpenedHost,
  also: readonly string[],
  signal: AbortSignal,
): Promise<LookedAtHost> {
  if (!host)
    throw new FarsimError('UNSUPPORTED', `${name} is a message bus: no programs can be run there`, {
      suggestions: ['name the machine that the simulator runs on'],
    });
  const { launch, enter, python } = entry;
  const own = python?.startsWith('/') || python?.startsWith('~/') ? [python] : [];
  const interpreters = await lookForSimulators(host, { launch, enter, also: [...also, ...own], signal });
  const candidates = [
    python,
    ...interpreters.filter(({ newEnough }) => newEnough).map(({ python: found }) => found),
  ];
  const runsBridge = candidates.find((candidate) => candidate !== undefined && candidate !== 'managed');
  const far = await openFarHost(host, { launch, enter, python: runsBridge, signal });
  return { entry, interpreters, machine: await far.examine(signal) };
}
