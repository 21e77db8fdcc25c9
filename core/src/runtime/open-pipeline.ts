import type { DependencyContainer } from 'tsyringe';
import { FarsimError, didYouMean } from '../model/errors.ts';
import { ResourceStack } from '../model/resource-stack.ts';
import type { Codec } from '../ports/codec.ts';
import type { Controller } from '../ports/controller.ts';
import type { Recorder, Recording } from '../ports/recorder.ts';
import type { Simulator } from '../ports/simulator.ts';
import type { Transport } from '../ports/transport.ts';
import { createContainer } from './ports/container.ts';
import { PluginFinder } from './plugins/find-plugin.ts';
import { loadConfig, type ConfigSource } from './config/load-config.ts';
import { compareWithProbes } from './probes/compare-with-probes.ts';
import { openRecording } from './ports/open-recording.ts';
import type { PipelinePlan } from './plan/pipeline-plan.ts';
import { planPipeline } from './plan/plan-pipeline.ts';
import { sectionId } from './plan/plan-section.ts';
import { simulatorsOf } from './plan/require-asked.ts';
import { PortsOpener, type PipelineHooks } from './ports/ports-opener.ts';
import type { RunHooks, TimedLine } from './run/run-parts.ts';
import { runPipeline } from './run/run-pipeline.ts';
import type { RunSummary } from './run/run-summary.ts';

/** Lines of a start that a run's folder keeps. */
const keptLines = 10_000;

/** A config's simulators, open, and the way to run what its `run:` says. */
export interface Pipeline extends AsyncDisposable {
  readonly plan: PipelinePlan;
  /** An open simulator of the config; the name may be left out when there is one. Throws UNMET_NEED. */
  simulator(name?: string): Simulator;
  /**
   * Does what `run:` says, in a run's folder of its own. An interruption is a summary with that reason; a failure is thrown,
   * with the summary of what came before it in `details.run`.
   */
  run(hooks?: RunHooks): Promise<RunSummary>;
  /** Opens a recorder of the config, once; it is closed with the pipeline. For frames that do not come from `run`. */
  recorder(name: string): Promise<Recorder>;
  /** Opens a controller or a codec of the config, once; it is closed with the pipeline. For contracts to be held to. */
  controller(name: string): Promise<Controller>;
  codec(name: string): Promise<Codec>;
  /** Opens a transport of the config, once; it is closed with the pipeline. For what is served to others. */
  transport(name: string): Promise<Transport>;
  /** Opens a recording for reading; the caller closes it. */
  recording(path: string): Promise<Recording>;
}

/**
 * Opens what a config file, or a plain object of the same form, describes:
 * `await using pipeline = await openPipeline('pipeline.yaml', ['simulators.plant.on=gpu-box'])`. Checks all of it first, then
 * opens the simulators, each after what it needs, those of this side before those that are started far away; when one fails to
 * open, those before it are closed in reverse order. Leaving the block closes all, the far ones included. Throws what reading, checking and opening throw.
 */
export async function openPipeline(
  source: ConfigSource,
  overrides: readonly string[] = [],
  hooks: Partial<PipelineHooks> = {},
): Promise<Pipeline> {
  const finder = new PluginFinder();
  const plan = await planPipeline(loadConfig(source, overrides), finder);
  return openPlan(plan, finder, hooks);
}

/** Opens what {@link planPipeline} planned. */
export async function openPlan(
  plan: PipelinePlan,
  finder: PluginFinder,
  hooks: Partial<PipelineHooks> = {},
): Promise<Pipeline> {
  const { signal = new AbortController().signal, log = () => undefined } = hooks;
  const starting: TimedLine[] = [];
  let running: ((text: string) => void) | undefined;
  const progress = (text: string): void => {
    if (running) running(text);
    else if (starting.length < keptLines) starting.push({ time: new Date(), text });
    hooks.progress?.(text);
  };
  const stack = new ResourceStack();
  const container: DependencyContainer = createContainer();
  const recording = (target: string): Promise<Recording> => openRecording(target, finder, plan.folder);
  const opener = new PortsOpener(plan.sections.values(), {
    container,
    stack,
    folder: plan.folder,
    signal,
    ...(hooks.hurry && { hurry: hooks.hurry }),
    ...(hooks.takeOver && { takeOver: true }),
    progress,
    log,
    recording,
  });
  const simulators = new Map<string, Simulator>();
  try {
    for (const name of nearOnesFirst(plan)) {
      const opened = await opener.port('simulator', name);
      simulators.set(name, opened);
      for (const remark of compareWithProbes(name, opened.spec)) log(remark);
    }
  } catch (error) {
    await stack[Symbol.asyncDispose]().catch(() => undefined);
    throw error;
  }
  const simulator = (name?: string): Simulator => namedSimulator(simulators, name);
  return {
    plan,
    simulator,
    recorder: (name) => opener.port('recorder', name),
    controller: (name) => opener.port('controller', name),
    codec: (name) => opener.port('codec', name),
    transport: (name) => opener.port('transport', name),
    recording,
    run: (runHooks = {}) =>
      runPipeline({
        plan,
        container,
        simulator,
        recording,
        starting,
        hooks: { signal, progress, log, ...runHooks },
        listen: (heard) => (running = heard),
      }),
    [Symbol.asyncDispose]: () => stack[Symbol.asyncDispose](),
  };
}

/** What is wrong with a simulator of this side that waits for none is told before a far one is started. */
function nearOnesFirst({ simulators, sections }: PipelinePlan): string[] {
  const isNear = (name: string): boolean => {
    const section = sections.get(sectionId('simulator', name))!;
    return section.needs.transport === undefined && simulatorsOf(section).length === 0;
  };
  return simulators.toSorted((a, b) => Number(isNear(b)) - Number(isNear(a)));
}

function namedSimulator(simulators: ReadonlyMap<string, Simulator>, name: string | undefined): Simulator {
  const names = [...simulators.keys()];
  const found = simulators.get(name ?? (names.length === 1 ? names[0]! : ''));
  if (found) return found;
  const sentence =
    name === undefined
      ? `which simulator? The config has ${names.join(', ') || 'none'}`
      : `the config has no simulator '${name}'`;
  throw new FarsimError('UNMET_NEED', sentence, { suggestions: didYouMean(name ?? '', names) });
}
