import { withDefaults, withEntry, type ConfigNode, type MapNode } from '../../yaml/config-node.ts';
import { sectionsKey } from '../config/config-schema.ts';
import type { PluginFinder } from '../plugins/find-plugin.ts';
import type { LoadedConfig } from '../config/load-config.ts';
import type { PipelinePlan, RunPlan, SectionPlan } from './pipeline-plan.ts';
import { planRun } from './plan-run.ts';
import { requireNoCircle } from './require-asked.ts';
import { SectionPlanner, sectionId } from './plan-section.ts';

const kinds = ['transport', 'codec', 'recorder', 'controller', 'simulator'] as const;

/**
 * Checks every section against its plugin and binds every need, importing only the plugins that are used. Throws
 * UNKNOWN_PLUGIN, UNKNOWN_KEY, CONFIG_INVALID, UNMET_NEED or FILE_NOT_FOUND with the place in the config.
 */
export async function planPipeline(loaded: LoadedConfig, finder: PluginFinder): Promise<PipelinePlan> {
  const planner = new SectionPlanner(loaded, finder);
  for (const kind of kinds) {
    for (const name of Object.keys(loaded.file[sectionsKey[kind]])) await planner.plan(kind, name);
  }
  const run = await planRun(loaded, planner);
  requireNoCircle(planner.sections.values());
  return {
    name: loaded.file.name,
    folder: loaded.folder,
    source: loaded.source,
    sections: planner.sections,
    simulators: Object.keys(loaded.file.simulators),
    run,
    resolved: resolvedConfig(loaded, planner.sections, run),
  };
}

function resolvedConfig(
  loaded: LoadedConfig,
  sections: ReadonlyMap<string, SectionPlan>,
  run: RunPlan | undefined,
): ConfigNode {
  let root = loaded.root as MapNode;
  for (const kind of kinds) {
    const key = sectionsKey[kind];
    let group = root.entries.get(key)?.node as MapNode | undefined;
    if (!group) continue;
    for (const [name, entry] of group.entries) {
      const plan = sections.get(sectionId(kind, name));
      const filled = { ...(plan?.config as object), ...plan?.needs };
      group = withEntry(
        group,
        name,
        withDefaults(entry.node, filled, { source: `default of ${plan?.plugin.name}` }),
        entry.key,
      );
    }
    root = withEntry(root, key, group);
  }
  const written = root.entries.get('run');
  if (!run || !written) return root;
  return withEntry(root, 'run', withDefaults(written.node, run.config, { source: 'default' }), written.key);
}
