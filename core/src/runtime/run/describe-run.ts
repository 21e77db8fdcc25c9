import os from 'node:os';
import type { Simulator } from '../../ports/simulator.ts';
import type { RemoteSimulator } from '../../remote/session/remote-simulator.ts';
import { findProbes } from '../probes/kept-probes.ts';
import { redactOverride } from '../config/redact-config.ts';
import type { PipelinePlan, RunPlan } from '../plan/pipeline-plan.ts';

/** What `run.json` says: who ran what where, in which versions, from which seed. */
export function describeRun(
  id: string,
  plan: PipelinePlan,
  run: RunPlan,
  simulator: (name: string) => Simulator,
  model: string | undefined,
): string {
  const described = plan.simulators.map((name) => {
    const { spec, mapping } = simulator(name);
    const { sim, task, versions, num_envs, step_dt, physics_dt, autoreset } = spec;
    const { session } = simulator(name) as Partial<RemoteSimulator>;
    const specHash = session && Buffer.from(session.specHash).toString('hex');
    return [
      name,
      {
        plugin: plan.sections.get(`simulator/${name}`)!.plugin.name,
        sim,
        task,
        versions,
        num_envs,
        step_dt,
        physics_dt,
        autoreset,
        specHash,
        probes: findProbes(spec).report,
        map: mapping,
      },
    ];
  });
  const sectionsOf = (kind: 'recorder' | 'controller', names: readonly string[]): object[] =>
    names.map((name) => ({ name, plugin: plan.sections.get(`${kind}/${name}`)!.plugin.name }));
  return JSON.stringify(
    {
      id,
      began: new Date(),
      config: { ...plan.source, overrides: plan.source.overrides.map(redactOverride) },
      host: os.hostname(),
      user: os.userInfo().username,
      node: process.versions.node,
      simulator: run.simulator,
      model,
      seed: run.config.seed ?? null,
      controller: sectionsOf('controller', [run.controller])[0],
      recorders: sectionsOf('recorder', run.recorders),
      simulators: Object.fromEntries(described),
    },
    undefined,
    2,
  );
}
