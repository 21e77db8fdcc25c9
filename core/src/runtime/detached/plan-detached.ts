import path from 'node:path';
import { FarsimError } from '../../model/errors.ts';
import type { FarRun, FarWant } from '../../ports/detached-session.ts';
import { readKeyframes } from '../../rollout/read-keyframes.ts';
import { originAt, originText, type ConfigPath } from '../../yaml/config-node.ts';
import type { PipelinePlan, RunPlan, SectionPlan } from '../plan/pipeline-plan.ts';
import { ofTheRun, sectionId } from '../plan/plan-section.ts';
import { probedBy } from '../probes/kept-probes.ts';

/** Controllers that the far side has, with the same numbers. */
const farControllers: ReadonlySet<string> = new Set(['zero', 'random', 'sine', 'keyframes', 'recorded']);
/** The recorder whose files the far side writes, too. */
const farRecorder = 'mcap';

/** A run as its far side drives it by itself, and what it is driven with. */
export interface DetachedPlan {
  readonly run: RunPlan;
  readonly simulator: SectionPlan;
  readonly farRun: FarRun;
  /** Recording of this side whose actions the controller applies. */
  readonly acts?: string;
}

/** Says how a config's run goes on without this side. Throws CONFIG_INVALID with the place of what cannot. */
export function planDetached(plan: PipelinePlan): DetachedPlan {
  const { run } = plan;
  if (!run) throw new FarsimError('CONFIG_INVALID', 'the config has no `run:` section');
  const simulator = plan.sections.get(sectionId('simulator', run.simulator))!;
  if (!simulator.plugin.detach || !simulator.needs.transport)
    throw refused(plan, ['simulators', run.simulator], `'${simulator.plugin.name}' has no far side`);
  const transport = plan.sections.get(sectionId('transport', simulator.needs.transport))!;
  if (transport.plugin.name === 'nats')
    throw refused(plan, ['simulators', run.simulator, 'on'], 'over a message bus nothing is started');
  const { episodes, steps, seed, options, replay } = run.config;
  const recorder = recorderWant(plan, run);
  const { acts, controller } = controllerOf(plan, run);
  return {
    run,
    simulator,
    ...(acts !== undefined && { acts }),
    farRun: {
      controller,
      episodes,
      steps,
      seed: seed ?? null,
      options: options ? JSON.stringify(options) : '',
      want: {
        state: replay !== undefined || acts !== undefined,
        bodies: replay === undefined ? 'never' : 'always',
        ...(recorder.images && { images: recorder.images }),
      },
      wantIfThere: { state: recorder.state, bodies: recorder.bodies },
      probed: probedBy(simulator.plugin.name),
    },
  };
}

function controllerOf(
  plan: PipelinePlan,
  run: RunPlan,
): { readonly controller: FarRun['controller']; readonly acts?: string } {
  const { plugin, config, recordings } = plan.sections.get(sectionId('controller', run.controller))!;
  if (!farControllers.has(plugin.name))
    throw refused(
      plan,
      ['run', 'controller'],
      `the controller '${plugin.name}' acts here`,
      `these act there, too: ${[...farControllers].join(', ')}`,
    );
  // its actions are uploaded, what they are compared with stays here
  if (plugin.name === 'recorded') {
    const { run: acts } = config as { readonly run: string };
    return { controller: { use: plugin.name, config: {} }, acts: recordings[acts] ?? acts };
  }
  if (plugin.name !== 'keyframes')
    return { controller: { use: plugin.name, config: config as Record<string, unknown> } };
  // the far side has no YAML, and need not have the file
  const { file } = config as { readonly file: string };
  const keyframes = readKeyframes(path.resolve(plan.folder, file));
  return { controller: { use: plugin.name, config: { keyframes } } };
}

function recorderWant(plan: PipelinePlan, run: RunPlan): FarWant {
  const at = ['run', 'record'];
  const [name, ...more] = run.recorders;
  if (name === undefined || more.length > 0)
    throw refused(plan, at, 'a detached run has one recording', '`record: true`');
  const { plugin, config } = plan.sections.get(sectionId('recorder', name))!;
  if (plugin.name !== farRecorder)
    throw refused(plan, at, `the recorder '${plugin.name}' writes here`, `\`record: ${farRecorder}\``);
  const { images, state, bodies, folder } = config as RecorderConfig;
  if (folder !== ofTheRun)
    throw refused(plan, ['recorders', name, 'folder'], 'the far side records in a folder of its own');
  return { state, bodies, ...(images && { images }) };
}

type RecorderConfig = FarWant & { readonly folder: string };

function refused(plan: PipelinePlan, at: ConfigPath, what: string, wayOut?: string): FarsimError {
  return new FarsimError(
    'CONFIG_INVALID',
    `${originText(originAt(plan.resolved, at))}: ${at.join('.')}: ${what}, so the run cannot be detached`,
    { suggestions: [...(wayOut === undefined ? [] : [wayOut]), 'without --detach it runs as it is'] },
  );
}
