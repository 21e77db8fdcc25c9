import type { AnyPlugin, PortKind } from '../ports/plugin.ts';
import { withDefaults, withEntry, type ConfigNode, type MapNode } from '../yaml/config-node.ts';
import type { RunConfig } from './config-schema.ts';
import type { PluginFinder } from './find-plugin.ts';
import type { LoadedConfig } from './load-config.ts';
import { planRun } from './plan-run.ts';
import { SectionPlanner, sectionId, sectionsKey } from './plan-section.ts';

/** One part of a pipeline before it is opened: its plugin, its checked config, and which sections fill its needs. */
export interface SectionPlan {
  readonly kind: PortKind;
  readonly name: string;
  readonly plugin: AnyPlugin;
  readonly config: unknown;
  /** Adds to an error of opening what was perhaps meant. */
  readonly explain?: (error: unknown) => unknown;
  /** Name of the section that fills each need. */
  readonly needs: Readonly<Record<string, string>>;
}

/** Which sections a run opens beside the simulators. */
export interface RunPlan {
  readonly config: RunConfig;
  readonly simulator: string;
  readonly controller: string;
  readonly recorders: readonly string[];
  /** The recorder that draws the replayed episodes. */
  readonly video: string | undefined;
}

/** All that was found out without opening anything. */
export interface PipelinePlan {
  readonly name: string | undefined;
  readonly folder: string;
  readonly source: LoadedConfig['source'];
  readonly sections: ReadonlyMap<string, SectionPlan>;
  /** Simulators of the config in its order. */
  readonly simulators: readonly string[];
  readonly run: RunPlan | undefined;
  /** The config with overrides, references and defaults filled in; secrets are still there. */
  readonly resolved: ConfigNode;
}

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
