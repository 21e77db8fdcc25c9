import { FarsimError, didYouMean } from '../../model/errors.ts';
import {
  childAt,
  nodeFrom,
  originText,
  withEntry,
  type ConfigNode,
  type MapNode,
} from '../../yaml/config-node.ts';
import type { RunConfig } from '../config/config-schema.ts';
import type { LoadedConfig } from '../config/load-config.ts';
import type { RunPlan } from './pipeline-plan.ts';
import { sectionId, type SectionPlanner } from './plan-section.ts';

const defaultRecorder = 'mcap';

/** Plans what `run:` asks for beside the simulators; undefined when the config has no such section. */
export async function planRun(
  { file, root }: LoadedConfig,
  planner: SectionPlanner,
): Promise<RunPlan | undefined> {
  const { run } = file;
  const node = childAt(root, 'run');
  if (!run || node?.kind !== 'map') return undefined;
  if (run.replay !== undefined && run.record === false) {
    const place = originText(placeOf(node, 'record').origin);
    throw new FarsimError(
      'CONFIG_INVALID',
      `${place}: run.replay replays the recording, and run.record is false`,
    );
  }
  const simulator = simulatorOf(run, node, Object.keys(file.simulators));
  refuseFarView(run, node, planner);
  return {
    config: run,
    simulator,
    controller: await controllerOf(run, node, planner),
    recorders: await recordersOf(run, node, Object.keys(file.recorders), planner),
    video: await videoOf(run, node, planner),
  };
}

function simulatorOf({ simulator, replay }: RunConfig, node: MapNode, named: readonly string[]): string {
  for (const [key, name] of Object.entries({ simulator, replay })) {
    if (name === undefined || named.includes(name)) continue;
    const place = originText(placeOf(node, key).origin);
    throw new FarsimError('UNMET_NEED', `${place}: run.${key}: there is no simulator '${name}'`, {
      suggestions: didYouMean(name, named),
    });
  }
  const candidates = named.filter((name) => name !== replay);
  if (simulator !== undefined) return simulator;
  if (candidates.length === 1) return candidates[0]!;
  const choice = candidates.length === 0 ? 'the config has none' : `choose one of ${candidates.join(', ')}`;
  throw new FarsimError('UNMET_NEED', `${originText(node.origin)}: run.simulator: ${choice}`);
}

/** A far simulator would be asked for each recorded state anew, and is not what a replay is for. */
function refuseFarView({ replay }: RunConfig, node: MapNode, { sections }: SectionPlanner): void {
  const plugin = replay === undefined ? undefined : sections.get(sectionId('simulator', replay))?.plugin;
  if (!Object.values(plugin?.needs ?? {}).includes('transport')) return;
  throw new FarsimError(
    'UNSUPPORTED',
    `${originText(placeOf(node, 'replay').origin)}: run.replay: '${replay}' (${plugin!.name}) is a far simulator; a recording is replayed in one of this side`,
    { suggestions: ['add `view: { use: mujoco, model: from plant }` and `replay: view`'] },
  );
}

async function controllerOf(
  { controller }: RunConfig,
  node: MapNode,
  planner: SectionPlanner,
): Promise<string> {
  const written = placeOf(node, 'controller');
  if (typeof controller === 'string')
    return planner.bound('controller', nodeFrom(controller, written.origin), ['run', 'controller']);
  await planner.planNode('controller', 'run.controller', written as MapNode, ['run', 'controller']);
  return 'run.controller';
}

async function recordersOf(
  { record }: RunConfig,
  node: MapNode,
  named: readonly string[],
  planner: SectionPlanner,
): Promise<string[]> {
  if (record === false) return [];
  const wanted = record === true ? (named.length === 1 ? named : [defaultRecorder]) : [record].flat();
  const bound: string[] = [];
  for (const name of wanted)
    bound.push(
      await planner.bound('recorder', nodeFrom(name, placeOf(node, 'record').origin), ['run', 'record']),
    );
  return bound;
}

async function videoOf(
  { video, replay }: RunConfig,
  node: MapNode,
  planner: SectionPlanner,
): Promise<string | undefined> {
  if (video === false) return undefined;
  const written = placeOf(node, 'video');
  if (replay === undefined) {
    throw new FarsimError(
      'UNMET_NEED',
      `${originText(written.origin)}: run.video draws what is replayed, and run.replay names no simulator`,
      {
        suggestions: [
          'add a simulator that can draw, such as `view: { use: mujoco, model: from plant }`, and `replay: view`',
        ],
      },
    );
  }
  const map = written.kind === 'map' ? written : (nodeFrom({}, written.origin) as MapNode);
  const used = map.entries.has('use') ? map : withEntry(map, 'use', nodeFrom('video', written.origin));
  await planner.planNode('recorder', 'run.video', withEntry(used, 'view', nodeFrom(replay, written.origin)), [
    'run',
    'video',
  ]);
  return 'run.video';
}

function placeOf(run: MapNode, key: string): ConfigNode {
  return run.entries.get(key)?.node ?? run;
}
