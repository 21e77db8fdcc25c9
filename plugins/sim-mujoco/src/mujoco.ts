import {
  definePlugin,
  findMap,
  mapFile,
  sectionNamed,
  specNamed,
  type EntitySpec,
  type OpenContext,
  type Simulator,
} from '@farsim/core';
import { z } from 'zod';
import { modelFile, modelFilesOf, modelSource, simulatorNamed } from './model-source.ts';
import { openMapped, type OpenedModel, type OtherSide } from './open-mapped.ts';
import { openModel } from './world/open-mujoco.ts';

const config = z
  .object({
    model: z.string().describe('MJCF file, or `from NAME`: the model of another simulator of this config.'),
    states: z
      .string()
      .optional()
      .describe(
        'Whose names and orders states have: `from NAME`, or a run’s folder; left out: those of the simulator that the model is from.',
      ),
    map: z
      .string()
      .default('auto')
      .describe(
        'How those names are found in the model: `auto`, `builtin:franka` (go2, g1), a map file; `none`: states have the model’s own names.',
      ),
    actions: z
      .enum(['own', 'theirs'])
      .default('own')
      .describe(
        '`theirs`: actions are those of the simulator that states come from, and are turned into the model’s.',
      ),
    props: z
      .enum(['auto', 'none'])
      .default('auto')
      .describe('`auto`: things of the other scene that the model lacks are put into it.'),
    scene: z
      .string()
      .optional()
      .describe('`from NAME`: whose scene that is; left out: that of the simulator that states come from.'),
    envs: z.int().min(1).default(1).describe('Worlds of the model, side by side.'),
    stepDt: z
      .number()
      .positive()
      .optional()
      .describe('Seconds of a control step; left out: ten physics steps.'),
    keyframe: z
      .string()
      .optional()
      .describe('Keyframe that a reset begins from; left out: the first, if there is one.'),
    camera: z
      .object({ width: z.int().min(1).default(640), height: z.int().min(1).default(480) })
      .strict()
      .default({ width: 640, height: 480 })
      .describe('Pixels of the pictures in frames.'),
  })
  .strict();

/** The near `mujoco`: physics, replay and pictures in this process. */
export default definePlugin({
  kind: 'simulator',
  name: 'mujoco',
  summary: 'MuJoCo here: physics, replay and pictures without a GPU or a display.',
  support: 'physics in CI',
  config,
  reads: ({ model, map }) => ({ ...modelFile(model), map: mapFile(map) }),
  check: ({ map }, folder) => void findMap(map, folder),
  asksFor: ({ model, states, scene }) => ({ ...modelSource(model), states, scene }),
  open: async (options, context) => {
    const { model, envs, stepDt, keyframe, camera } = options;
    const log = (line: string): void => context.log(`${context.name}: ${line}`);
    const source = await simulatorNamed(model, context);
    const other = await otherSide(options, source, context);
    const files = await modelFilesOf(model, source, context);
    const open = (given: typeof files): Promise<OpenedModel> =>
      openModel({
        model: given,
        task: files.entry,
        envs,
        camera,
        ...(stepDt !== undefined && { stepDt }),
        ...(keyframe !== undefined && { keyframe }),
        signal: context.signal,
        progress: context.progress,
        log,
      });
    return other ? openMapped(files, open, other, log) : (await open(files)).simulator;
  },
});

async function otherSide(
  { states, map, actions, props, scene }: z.infer<typeof config>,
  source: Simulator | undefined,
  context: OpenContext,
): Promise<OtherSide | undefined> {
  const named = findMap(map, context.folder);
  const spec = states === undefined ? source?.spec : await specNamed(states, context);
  if (!named || !spec || !hasEntities(spec.entities)) return undefined;
  const looked = props === 'auto' ? await sceneOf(scene ?? states, context) : undefined;
  return { spec, map: named, actions: actions === 'theirs', scene: looked };
}

/** The simulator that `from NAME` means, if it is one that shows its scene. */
async function sceneOf(text: string | undefined, context: OpenContext): Promise<Simulator | undefined> {
  const name = text === undefined ? undefined : sectionNamed(text);
  return name === undefined ? undefined : ((await context.section('simulator', name)) as Simulator);
}

function hasEntities(entities: Readonly<Record<string, EntitySpec>>): boolean {
  return Object.keys(entities).length > 0;
}
