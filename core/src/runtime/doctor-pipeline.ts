import { FarsimError, didYouMean } from '../model/errors.ts';
import { conventionsOf } from '../model/conventions.ts';
import type { ProbedSimulator, ProbeReport, ProbeResult } from '../model/probe-report.ts';
import { probeClose } from '../probes/close-probe.ts';
import { probeSimulator, type ProbeOptions } from '../probes/probe-simulator.ts';
import type { WorldSpec } from '../model/world-spec.ts';
import type { PluginFinder } from './plugins/find-plugin.ts';
import { keepProbes } from './probes/kept-probes.ts';
import { openPlan, type Pipeline } from './open-pipeline.ts';
import type { PipelinePlan } from './plan/pipeline-plan.ts';
import type { PipelineHooks } from './ports/ports-opener.ts';
import { twinOf } from './open-twin.ts';

/** What a config's simulators were found to be. */
export interface DoctorReport {
  readonly farsim: 1;
  /** No probe failed. */
  readonly ok: boolean;
  readonly simulators: Readonly<Record<string, ProbedSection>>;
}

/** One section's simulator: what it is, and what its probes found. */
export interface ProbedSection
  extends Pick<WorldSpec, 'versions' | 'num_envs' | 'native'>, Omit<ProbedSimulator, 'report'>, ProbeReport {
  readonly plugin: string;
}

export interface DoctorHooks extends Partial<PipelineHooks>, Pick<ProbeOptions, 'seconds'> {
  /** The only one to be probed; left out: all that are live. */
  readonly simulator?: string | undefined;
  /** Called when a simulator's probes begin, with each probe that begins, and with each result. */
  readonly onSimulator?: (name: string, spec: WorldSpec) => void;
  readonly onProbe?: (name: string, probe: ProbeResult['probe']) => void;
  readonly onResult?: (name: string, result: ProbeResult) => void;
}

/** A recording plays what was recorded, whatever is asked of it. */
const notLive: ReadonlySet<string> = new Set(['recorded']);

/**
 * Opens a config's simulators, probes one after the other, and closes them, which is the last probe. What was found out is
 * kept for later runs. Throws USAGE for an unknown name, UNSUPPORTED
 * where all are recordings, and what opening throws.
 */
export async function doctorPipeline(
  plan: PipelinePlan,
  finder: PluginFinder,
  hooks: DoctorHooks = {},
): Promise<DoctorReport> {
  const chosen = chosenSimulators(plan, hooks.simulator);
  const live = chosen.filter((name) => !notLive.has(pluginOf(plan, name)));
  if (live.length === 0)
    throw new FarsimError('UNSUPPORTED', `there is no live simulator to probe: ${chosen.join(', ')}`, {
      suggestions: ['a recording is checked by `farsim data info --verify` and `farsim replay`'],
    });
  await using pipeline = await openPlan({ ...plan, simulators: live }, finder, hooks);
  const probed = new Map<string, ProbeReport>();
  for (const name of live) probed.set(name, await probeOne(pipeline, finder, name, hooks));
  const simulators: Record<string, ProbedSection> = {};
  for (const name of live.toReversed()) {
    const { spec } = pipeline.simulator(name);
    hooks.onProbe?.(name, 'close');
    const closed = await probeClose(pipeline.simulator(name));
    hooks.onResult?.(name, closed);
    const before = probed.get(name)!;
    const report = {
      ...before,
      seconds: before.seconds + closed.seconds,
      results: [...before.results, closed],
    };
    const plugin = pluginOf(plan, name);
    await keepProbes(plugin, spec, report);
    const { sim, task, versions, num_envs, native } = spec;
    const conventions = conventionsOf(spec);
    simulators[name] = { plugin, sim, task, versions, num_envs, native, conventions, ...report };
  }
  const results = Object.values(simulators).flatMap((section) => section.results);
  return {
    farsim: 1,
    ok: results.every(({ outcome }) => outcome !== 'failed'),
    simulators,
  };
}

async function probeOne(
  pipeline: Pipeline,
  finder: PluginFinder,
  name: string,
  { signal = new AbortController().signal, seconds, onSimulator, onProbe, onResult }: DoctorHooks,
): Promise<ProbeReport> {
  const simulator = pipeline.simulator(name);
  onSimulator?.(name, simulator.spec);
  const { folder } = pipeline.plan;
  return probeSimulator(simulator, {
    openTwin: twinOf(simulator, finder, { name, folder, signal, recording: pipeline.recording }),
    signal,
    ...(seconds !== undefined && { seconds }),
    onProbe: (probe) => onProbe?.(name, probe),
    onResult: (result) => onResult?.(name, result),
  });
}

function chosenSimulators({ simulators }: PipelinePlan, name: string | undefined): readonly string[] {
  if (name === undefined) return simulators;
  if (simulators.includes(name)) return [name];
  throw new FarsimError('USAGE', `the config has no simulator '${name}': ${simulators.join(', ')}`, {
    suggestions: didYouMean(name, simulators),
  });
}

function pluginOf({ sections }: PipelinePlan, name: string): string {
  return sections.get(`simulator/${name}`)!.plugin.name;
}
