import {
  openPipeline,
  FarsimError,
  plainValue,
  readConfigText,
  type Pipeline,
  type Recording,
} from '@farsim/core';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';

export interface ReplayRequest {
  /** A run's folder. */
  readonly run: string;
  /** A model to view it with instead of the run's own. */
  readonly model?: string | undefined;
  /** `key=value` of the view's section. */
  readonly viewOverrides?: readonly string[];
  /** Keys of the video recorder; left out: nothing is drawn. */
  readonly video?: Readonly<Record<string, unknown>>;
  readonly signal: AbortSignal;
  readonly progress: (line: string) => void;
  readonly log: (line: string) => void;
}

/** A recording and a simulator here to see it in. */
export interface OpenReplay extends AsyncDisposable {
  readonly pipeline: Pipeline;
  readonly recording: Recording;
}

interface RunFile {
  readonly run?: { readonly replay?: string };
  readonly simulators?: Readonly<
    Record<string, { readonly use: string; readonly model?: unknown; readonly [key: string]: unknown }>
  >;
}

/** Opens a run again without its far side: the view that it had, with the model that the run's folder keeps. Throws FILE_NOT_FOUND. */
export async function openReplay(request: ReplayRequest): Promise<OpenReplay> {
  const folder = path.resolve(request.run);
  if (!existsSync(folder)) {
    throw new FarsimError('FILE_NOT_FOUND', `there is no run at ${folder}`, {
      suggestions: ['`runs/latest` is the newest run'],
    });
  }
  const { video } = request;
  const scenes = keptScene(folder, request.model);
  const config = {
    version: 1,
    simulators: {
      recording: { use: 'recorded', run: folder },
      ...scenes,
      view: { ...viewSection(folder, request.model), ...(scenes && { scene: 'from kept' }) },
    },
    ...(video && { recorders: { video: { use: 'video', view: 'view', folder, ...video } } }),
  };
  const overrides = (request.viewOverrides ?? []).map((override) => `+simulators.view.${override}`);
  const pipeline = await openPipeline(config, overrides, {
    signal: request.signal,
    progress: request.progress,
    log: request.log,
  });
  const recording = await pipeline.recording(folder).catch(async (error: unknown) => {
    await pipeline[Symbol.asyncDispose]();
    throw error;
  });
  return {
    pipeline,
    recording,
    async [Symbol.asyncDispose]() {
      await recording[Symbol.asyncDispose]();
      await pipeline[Symbol.asyncDispose]();
    },
  };
}

function viewSection(folder: string, model: string | undefined): object {
  const file = path.join(folder, 'run.yaml');
  const { run, simulators } = existsSync(file)
    ? (plainValue(readConfigText(readFileSync(file, 'utf8'), file)) as RunFile)
    : {};
  const had = (run?.replay !== undefined && simulators?.[run.replay]) || { use: 'mujoco' };
  const section = { ...had, model: model === undefined ? keptModel(folder) : path.resolve(model) };
  // the states have the names of what was recorded, which the kept model need not have; a map was one to the view's own model
  return had.use === 'mujoco'
    ? { ...section, states: 'from recording', map: 'auto', actions: 'own' }
    : section;
}

/** In another model, what it lacks of the kept one is shown. */
function keptScene(folder: string, model: string | undefined): object | undefined {
  const kept = model === undefined ? undefined : modelOf(folder);
  return kept === undefined ? undefined : { kept: { use: 'mujoco', model: kept, states: 'from recording' } };
}

function modelOf(folder: string): string | undefined {
  const file = path.join(folder, 'run.json');
  const { model } = existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as { model?: string }) : {};
  return model === undefined ? undefined : path.join(folder, model);
}

function keptModel(folder: string): string {
  const model = modelOf(folder);
  if (model !== undefined) return model;
  throw new FarsimError('FILE_NOT_FOUND', `${folder} keeps no model to replay it with`, {
    suggestions: ['name one with --model arm.xml', 'runs that have a `replay:` keep their model'],
  });
}
