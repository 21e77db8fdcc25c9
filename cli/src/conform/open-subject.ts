import {
  openPlan,
  type AnyPlugin,
  type Pipeline,
  type PipelineHooks,
  type PipelinePlan,
  type PluginFinder,
  type PortByKind,
  type Recorder,
  type WorldSpec,
} from '@farsim/core';
import {
  closedBy,
  codecContract,
  controllerContract,
  recorderContract,
  recordingContract,
  sampleFrame,
  sampleHeader,
  sharedContract,
  simulatorContract,
  type ContractRule,
} from '@farsim/core/testing';
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';

/** What is held to its contract, and its rules. */
export interface Subject extends AsyncDisposable {
  readonly rules: readonly ContractRule[];
  /** Of a simulator. */
  readonly spec?: WorldSpec;
}

export type OpenSection = (change?: (plan: PipelinePlan) => PipelinePlan) => Promise<Pipeline>;

/** Opens a pipeline of nothing but what is asked of it. */
export function sectionOpener(
  plan: PipelinePlan,
  finder: PluginFinder,
  hooks: Partial<PipelineHooks>,
): OpenSection {
  const bare = { ...plan, simulators: [], run: undefined };
  return (change = (same) => same) => openPlan(change(bare), finder, hooks);
}

/** Holds a simulator. */
export async function simulatorSubject(name: string, open: OpenSection): Promise<Subject> {
  const alone = (): Promise<PortByKind['simulator']> =>
    opened(
      () => open((plan) => ({ ...plan, simulators: [name] })),
      async (pipeline) => pipeline.simulator(name),
    );
  const contract = sharedContract(simulatorContract, alone);
  const { spec } = await contract.open();
  return { rules: contract.rules, spec, [Symbol.asyncDispose]: () => contract[Symbol.asyncDispose]() };
}

/** Holds a controller, in the world that it shall drive where that is known. */
export async function controllerSubject(
  name: string,
  open: OpenSection,
  spec: WorldSpec | undefined,
): Promise<Subject> {
  const rules = controllerContract(() => opened(open, (pipeline) => pipeline.controller(name)), spec);
  return { rules, [Symbol.asyncDispose]: () => Promise.resolve() };
}

/** Holds a codec. */
export async function codecSubject(name: string, open: OpenSection): Promise<Subject> {
  const pipeline = await open();
  const rules = codecContract(await pipeline.codec(name));
  return { rules, [Symbol.asyncDispose]: () => pipeline[Symbol.asyncDispose]() };
}

/** Holds a recorder, and what it reads again where it does, in folders that are gone afterwards. */
export async function recorderSubject(
  name: string,
  open: OpenSection,
  { read }: AnyPlugin,
): Promise<Subject> {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'farsim-conform-'));
  let count = 0;
  const fresh = async (): Promise<{ readonly recorder: Recorder; readonly place: string }> => {
    const place = path.join(folder, String(count++));
    const recorder = await opened(
      () => open((plan) => withFolder(plan, `recorder/${name}`, place)),
      (pipeline) => pipeline.recorder(name),
    );
    return { recorder, place };
  };
  const reread = async (): ReturnType<Parameters<typeof recordingContract>[0]> => {
    const { recorder, place } = await fresh();
    return { recorder, read: () => read!(place) };
  };
  return {
    rules: [
      ...recorderContract(async () => ({ ...(await fresh()), header: sampleHeader, frame: sampleFrame })),
      ...(read ? recordingContract(reread) : []),
    ],
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }),
  };
}

function withFolder(plan: PipelinePlan, id: string, folder: string): PipelinePlan {
  const section = plan.sections.get(id)!;
  const config = { ...(section.config as object), folder };
  return { ...plan, sections: new Map(plan.sections).set(id, { ...section, config }) };
}

/** A port that closes its pipeline with itself. */
async function opened<Port extends AsyncDisposable>(
  open: () => Promise<Pipeline>,
  choose: (pipeline: Pipeline) => Promise<Port>,
): Promise<Port> {
  const pipeline = await open();
  try {
    const port = await choose(pipeline);
    return closedBy(port, async () => {
      await port[Symbol.asyncDispose]();
      await pipeline[Symbol.asyncDispose]();
    });
  } catch (error) {
    await pipeline[Symbol.asyncDispose]();
    throw error;
  }
}
