import os from 'node:os';
import path from 'node:path';
import { ResourceStack } from '../../model/resource-stack.ts';
import type { DetachedSession } from '../../ports/detached-session.ts';
import type { AnyPlugin } from '../../ports/plugin.ts';
import type { FileTree } from '../../ports/simulator.ts';
import { actionFiles } from '../../rollout/action-files.ts';
import { createContainer } from '../ports/container.ts';
import { detachedText } from './detached-file.ts';
import { planDetached, type DetachedPlan } from './plan-detached.ts';
import { PluginFinder } from '../plugins/find-plugin.ts';
import { openRecording } from '../ports/open-recording.ts';
import type { PipelinePlan } from '../plan/pipeline-plan.ts';
import { PortsOpener, type PipelineHooks } from '../ports/ports-opener.ts';
import { createRunFolder, noteEvent } from '../run/run-folder.ts';
import { showConfig } from '../config/show-config.ts';

/** A run that goes on without this side. */
export interface DetachedRun {
  readonly id: string;
  /** The run's folder here, to be filled by {@link syncRun}. */
  readonly folder: string;
  readonly host: string;
  readonly session: string;
  readonly simulator: string;
  /** Seconds after its start at which it is ended, 0 is never. */
  readonly total: number;
}

/**
 * Starts a config's run on its far side alone: loop, controller and recording. Resolves when its first step was taken and a
 * folder here says where it is. Throws CONFIG_INVALID with the place of what cannot go, before anything starts, and what
 * starting throws; nothing is then left there.
 */
export async function detachRun(plan: PipelinePlan, hooks: PipelineHooks): Promise<DetachedRun> {
  const detached = planDetached(plan);
  const { simulator, run } = detached;
  const began = new Date();
  await using stack = new ResourceStack();
  const session = await startDetached(plan, detached, hooks, stack);
  for (const remark of session.description.remarks ?? []) hooks.log(`${run.simulator}: ${remark}`);
  const folder = await createRunFolder(run.config.folder, plan.name ?? session.task);
  const { on: host, lease } = simulator.config as {
    readonly on: string;
    readonly lease: { readonly total: number };
  };
  const { session: id, folder: there, enter, command } = session;
  const near = new Map([
    ['run.yaml', showConfig(plan.resolved)],
    ['run.json', describeDetached(folder.id, began, plan, detached, session)],
    detachedText({
      ...{ host, configFolder: plan.folder, session: id, simulator: run.simulator, folder: there },
      ...{ enter, command, began: began.toISOString() },
      ...(detached.acts !== undefined && { acts: path.resolve(plan.folder, detached.acts) }),
    }),
  ]);
  for (const [name, text] of near) await folder.write(name, text);
  await session.keep(new Map(Array.from(near, ([name, text]) => [name, Buffer.from(text)])));
  noteEvent(folder, { event: 'detached', host, session: id });
  await folder.flush();
  await session.leave();
  return {
    id: folder.id,
    folder: folder.path,
    host,
    session: id,
    simulator: run.simulator,
    total: lease.total,
  };
}

/** Opens what the simulator needs, and it by its plugin's `detach`. */
async function startDetached(
  plan: PipelinePlan,
  { simulator, farRun, acts }: DetachedPlan,
  hooks: PipelineHooks,
  stack: ResourceStack,
): Promise<DetachedSession> {
  const detach = simulator.plugin.detach!;
  const run = acts === undefined ? farRun : { ...farRun, files: await actionsOf(acts, plan.folder) };
  // it takes the simulator's place in the pipeline and is closed with it
  const open = async (...[config, context]: Parameters<AnyPlugin['open']>): Promise<never> =>
    (await detach(config, context, run)) as never;
  const sections = Array.from(plan.sections.values(), (section) =>
    section === simulator ? { ...section, plugin: { ...section.plugin, open } } : section,
  );
  const opener = new PortsOpener(sections, {
    ...hooks,
    container: createContainer(),
    stack,
    folder: plan.folder,
    recording: () => Promise.reject(new Error('a far simulator reads no recording')),
  });
  return (await opener.port('simulator', simulator.name)) as unknown as DetachedSession;
}

async function actionsOf(acts: string, folder: string): Promise<FileTree> {
  await using recording = await openRecording(acts, new PluginFinder(), folder);
  return await actionFiles(recording);
}

function describeDetached(
  id: string,
  began: Date,
  plan: PipelinePlan,
  { run, simulator, farRun }: DetachedPlan,
  { description }: DetachedSession,
): string {
  const content = {
    id,
    began,
    config: plan.source,
    host: os.hostname(),
    user: os.userInfo().username,
    node: process.versions.node,
    simulator: run.simulator,
    model: description.model,
    seed: farRun.seed,
    controller: { name: run.controller, plugin: farRun.controller.use },
    recorders: run.recorders.map((name) => ({ name, plugin: 'mcap' })),
    simulators: { [run.simulator]: { plugin: simulator.plugin.name, ...description.spec } },
  };
  return JSON.stringify(content, undefined, 2);
}
