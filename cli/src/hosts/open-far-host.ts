import { FarsimError, PluginFinder, openFarHost, openHost, type FarHost, type HostPlace } from '@farsim/core';

/** A machine as `on:` names it, with the bridge on it. */
export interface OpenedFarHost extends AsyncDisposable {
  readonly name: string;
  readonly far: FarHost;
}

/** Reaches a host and puts the bridge there. Throws what stands in the way, by code. */
export async function openNamedHost(
  name: string,
  signal: AbortSignal,
  place: HostPlace = {},
): Promise<OpenedFarHost> {
  const silent = (): void => undefined;
  const hooks = { signal, progress: silent, log: silent };
  const opened = await openHost(name, new PluginFinder(), hooks, place);
  try {
    const { python, enter, launch } = opened.entry;
    const { host } = opened.transport;
    if (!host)
      throw new FarsimError('UNSUPPORTED', `${name} is a message bus: no programs can be run there`, {
        suggestions: ['name the machine that the simulator runs on'],
      });
    const far = await openFarHost(host, {
      python: python === 'managed' ? undefined : python,
      launch,
      enter,
      signal,
    });
    return { name, far, [Symbol.asyncDispose]: () => opened[Symbol.asyncDispose]() };
  } catch (error) {
    await opened[Symbol.asyncDispose]();
    throw error;
  }
}
