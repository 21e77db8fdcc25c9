import path from 'node:path';
import { FarsimError } from '../model/errors.ts';
import type { FarRun, FarWant } from '../ports/detached-session.ts';
import { readKeyframes } from '../rollout/read-keyframes.ts';
import { originAt, originText, type ConfigPath } from './config-node.ts';
import type { PipelinePlan, RunPlan, SectionPlan } from './plan-pipeline.ts';
import { ofTheRun, sectionId } from './plan-section.ts';

/** Controllers that the far side has, with the same numbers. */
const farControllers: ReadonlySet<string> = new Set(['zero', 'random', 'sine', 'keyframes']);
/** The recorder whose files the far side writes, too. */
const farRecorder = 'mcap';

/** A run as its far side drives it by itself, and what it is driven with. */
export interface DetachedPlan {
  readonly run: RunPlan;
  readonly simulator: SectionPlan;
  readonly farRun: FarRun;
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
  return {
    run,
    simulator,
    farRun: {
      controller: controllerOf(plan, run),
      episodes,
      steps,
      seed: seed ?? null,
      options: options ? JSON.stringify(options) : '',
      want: { state: replay !== undefined, bodies: replay === undefined ? 'never' : 'always' },
      wantIfThere: recorderWant(plan, run),
    },
  };
}

function controllerOf(plan: PipelinePlan, run: RunPlan): FarRun['controller'] {
  const { plugin, config } = plan.sections.get(sectionId('controller', run.controller))!;
  if (!farControllers.has(plugin.name))
    throw refused(
      plan,
      ['run', 'controller'],
      `the controller '${plugin.name}' acts here`,
      `these act there, too: ${[...farControllers].join(', ')}`,
    );
  if (plugin.name !== 'keyframes') return { use: plugin.name, config: config as Record<string, unknown> };
  // the far side has no YAML, and need not have the file
  const { file } = config as { readonly file: string };
  return { use: plugin.name, config: { keyframes: readKeyframes(path.resolve(plan.folder, file)) } };
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
  if (images)
    throw refused(
      plan,
      ['recorders', name, 'images'],
      'the far side records no images',
      '`video:` draws them here',
    );
  return { state, bodies };
}

type RecorderConfig = FarWant & { readonly images?: object; readonly folder: string };

function refused(plan: PipelinePlan, at: ConfigPath, what: string, wayOut?: string): FarsimError {
  return new FarsimError(
    'CONFIG_INVALID',
    `${originText(originAt(plan.resolved, at))}: ${at.join('.')}: ${what}, so the run cannot be detached`,
    { suggestions: [...(wayOut === undefined ? [] : [wayOut]), 'without --detach it runs as it is'] },
  );
}
