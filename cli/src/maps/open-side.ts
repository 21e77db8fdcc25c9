import {
  FarsimError,
  PluginFinder,
  ResourceStack,
  didYouMean,
  loadConfig,
  openPipeline,
  openPlan,
  openRecording,
  planPipeline,
  type Recording,
  type Simulator,
  type WorldSpec,
} from '@farsim/core';
import { existsSync } from 'node:fs';
import path from 'node:path';

/** What a map or a comparison has on one side. */
export interface Side extends AsyncDisposable {
  readonly name: string;
  readonly spec: WorldSpec;
  /** Where it is live. */
  readonly simulator?: Simulator;
  /** Where it was recorded. */
  readonly recording?: Recording;
  /** The recording's folder or file. */
  readonly run?: string;
}

export interface SideHooks {
  readonly signal: AbortSignal;
  readonly progress: (line: string) => void;
  readonly log: (line: string) => void;
}

/** How a side is written, for messages and help. */
export const sideForms =
  'an MJCF file, CONFIG:NAME (a simulator of a config, which is started), or a run or recording';

/** Opens a side: an MJCF in MuJoCo here, `CONFIG:NAME` as the config says, anything else as a recording. */
export async function openSide(text: string, hooks: SideHooks): Promise<Side> {
  if (/\.(xml|mjcf|urdf)$/i.test(text)) {
    if (!existsSync(text)) throw new FarsimError('FILE_NOT_FOUND', `there is no file ${text}`);
    const model = { use: 'mujoco', model: path.resolve(text) };
    const pipeline = await openPipeline({ version: 1, simulators: { model } }, [], hooks);
    const simulator = pipeline.simulator('model');
    return {
      name: text,
      spec: simulator.spec,
      simulator,
      [Symbol.asyncDispose]: () => pipeline[Symbol.asyncDispose](),
    };
  }
  const [, config, section] = /^(.+\.(?:ya?ml|json))(?::([^:/]+))?$/i.exec(text) ?? [];
  if (config !== undefined) return openSection(config, section, hooks);
  const recording = await openRecording(text, new PluginFinder());
  const spec = recording.rounds[0]?.spec;
  if (spec)
    return {
      name: text,
      spec,
      recording,
      run: text,
      [Symbol.asyncDispose]: () => recording[Symbol.asyncDispose](),
    };
  await recording[Symbol.asyncDispose]();
  throw new FarsimError('RECORDING_INVALID', `${text} holds no round`);
}

async function openSection(config: string, section: string | undefined, hooks: SideHooks): Promise<Side> {
  const finder = new PluginFinder();
  const plan = await planPipeline(loadConfig(config), finder);
  const name = section ?? (plan.simulators.length === 1 ? plan.simulators[0]! : undefined);
  if (name === undefined || !plan.simulators.includes(name)) {
    throw new FarsimError(
      'USAGE',
      `${config} has the simulators ${plan.simulators.join(', ')}${name === undefined ? '' : `, not '${name}'`}: write ${config}:NAME`,
      { suggestions: name === undefined ? [] : didYouMean(name, plan.simulators) },
    );
  }
  const stack = new ResourceStack();
  const pipeline = await stack.use('pipeline', openPlan({ ...plan, simulators: [name] }, finder, hooks));
  const simulator = pipeline.simulator(name);
  return {
    name: `${config}:${name}`,
    spec: simulator.spec,
    simulator,
    [Symbol.asyncDispose]: () => stack[Symbol.asyncDispose](),
  };
}
