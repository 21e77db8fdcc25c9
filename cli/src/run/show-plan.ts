import { PluginFinder, loadConfig, planPipeline } from '@farsim/core';

export interface PlannedLine {
  readonly kind: string;
  readonly name: string;
  readonly plugin: string;
  /** `need=section`, comma-separated. */
  readonly needs: string;
}

/** Every section that a run would open, after checking the whole config. */
export async function showPlan(
  configs: readonly string[],
  overrides: readonly string[],
): Promise<PlannedLine[]> {
  const plan = await planPipeline(loadConfig(configs, overrides), new PluginFinder());
  return Array.from(plan.sections.values(), ({ kind, name, plugin, needs }) => ({
    kind,
    name,
    plugin: plugin.name,
    needs: Object.entries(needs)
      .map(([need, section]) => `${need}=${section}`)
      .join(','),
  }));
}
