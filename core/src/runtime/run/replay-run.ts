import { requireRelativePath } from '../../model/relative-path.ts';
import { ResourceStack } from '../../model/resource-stack.ts';
import type { Recorder } from '../../ports/recorder.ts';
import { replay, type ReplayReport } from '../../rollout/replay.ts';
import { sceneFile, writeScene } from '../../simulators/kept-scene.ts';
import { createContainer } from '../ports/container.ts';
import type { RunPlan } from '../plan/pipeline-plan.ts';
import { PortsOpener } from '../ports/ports-opener.ts';
import type { RunFolder } from './run-folder.ts';
import type { RunParts } from './run-parts.ts';

/** Replays a run's recording in the simulator that `run.replay` names, draws it where asked, and says how near it came. */
export async function replayRun(parts: RunParts, run: RunPlan, folder: RunFolder): Promise<ReplayReport> {
  const { plan, container, simulator, recording, hooks } = parts;
  const stack = new ResourceStack();
  try {
    const read = await stack.use('recording', recording(folder.path));
    const recorders: Recorder[] = [];
    if (run.video !== undefined) {
      const section = plan.sections.get(`recorder/${run.video}`)!;
      const where = {
        container: createContainer(container),
        stack,
        folder: plan.folder,
        runFolder: folder.path,
      };
      recorders.push(
        await new PortsOpener([section], { ...hooks, ...where, recording }).port('recorder', run.video),
      );
    }
    const { tolerance } = run.config;
    const report = await replay({
      recording: read,
      view: simulator(run.config.replay),
      recorders,
      signal: hooks.signal,
      ...(tolerance && { tolerance }),
      ...(hooks.onReplay && { onProgress: hooks.onReplay }),
    });
    await stack[Symbol.asyncDispose]();
    return report;
  } catch (error) {
    await stack[Symbol.asyncDispose]().catch(() => undefined);
    throw error;
  }
}

const mostModelBytes = 256 << 20;

/** Keeps the driven simulator's model in the run's folder, for later replays without it; gives the path of its entry. */
export async function saveModel(
  { simulator }: RunParts,
  run: RunPlan,
  folder: RunFolder,
): Promise<string | undefined> {
  const { entry, files } = (await simulator(run.simulator).model?.()) ?? {};
  if (entry === undefined || !files) return undefined;
  const bytes = [...files.values()].reduce((sum, file) => sum + file.length, 0);
  if (bytes > mostModelBytes) return undefined;
  for (const [name, content] of files) {
    requireRelativePath(name);
    await folder.write(`model/${name}`, content);
  }
  return `model/${entry}`;
}

const mostSceneBytes = 32 << 20;

/** Keeps what a simulator without a model looks like, so that another model can be given its things later. */
export async function saveScene({ simulator }: RunParts, run: RunPlan, folder: RunFolder): Promise<void> {
  const visuals = await simulator(run.simulator).visuals?.();
  if (!visuals) return;
  const text = writeScene(visuals);
  if (text.length <= mostSceneBytes) await folder.write(sceneFile, text);
}
