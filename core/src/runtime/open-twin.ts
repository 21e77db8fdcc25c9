import { FarsimError } from '../model/errors.ts';
import type { OpenTwin } from '../probes/probe.ts';
import type { OpenContext } from '../ports/plugin.ts';
import type { Simulator } from '../ports/simulator.ts';
import type { PluginFinder } from './plugins/find-plugin.ts';

const nearEngine = 'mujoco';

/** A way to open the near engine with an open simulator's own model, states under that simulator's names. */
export function twinOf(
  simulator: Simulator,
  finder: PluginFinder,
  { name, folder, signal, recording }: Pick<OpenContext, 'name' | 'folder' | 'signal' | 'recording'>,
): OpenTwin {
  return async () => {
    const plugin = await finder.find('simulator', nearEngine, folder);
    const twin = await plugin.open(plugin.config.parse({ model: `from ${name}` }), {
      name: `${name}'s twin`,
      folder,
      signal,
      progress: () => undefined,
      log: () => undefined,
      section: (kind, wanted) =>
        kind === 'simulator' && wanted === name
          ? Promise.resolve(simulator)
          : Promise.reject(new FarsimError('UNMET_NEED', `a twin has no other sections than '${name}'`)),
      recording,
    });
    return twin as Simulator;
  };
}
