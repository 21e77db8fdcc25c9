import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { f64, openPipeline, toNumbers, type Pipeline, type Simulator } from '@farsim/core';
import { collectModelFiles, openMujoco } from '@farsim/sim-mujoco';
import { afterAll, beforeAll, expect, test } from 'vitest';

const python = process.env.FARSIM_TEST_PYTHON ?? 'python3';
const whole = path.join(import.meta.dirname, '../cli/demo/arm.xml');
const folder = mkdtempSync(path.join(os.tmpdir(), 'farsim-props-'));
const view = { camera: 'overview', width: 320, height: 240 };

/** The demo's scene without its cube and its table. */
function writeBare(): string {
  const text = readFileSync(whole, 'utf8')
    .replace(/<body name="cube"[\s\S]*?<\/body>/, '')
    .replace(/<body name="table"[\s\S]*?<\/body>/, '')
    .replace(' 0.42 0.10 0.2751 1 0 0 0"', '"');
  const file = path.join(folder, 'bare.xml');
  writeFileSync(file, text);
  return file;
}

const remarks: string[] = [];
let pipeline: Pipeline;
let plant: Simulator;
let bare: Simulator;
beforeAll(async () => {
  const model = writeBare();
  pipeline = await openPipeline(
    {
      version: 1,
      simulators: {
        plant: { use: 'mujoco-native', model: whole, python },
        view: { use: 'mujoco', model, states: 'from plant' },
        without: { use: 'mujoco', model, states: 'from plant', props: 'none' },
      },
    },
    [],
    { log: (line) => remarks.push(line) },
  );
  plant = pipeline.simulator('plant');
  bare = pipeline.simulator('view');
});
afterAll(async () => {
  await pipeline[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true, force: true });
});

/** Share of pixels in which two pictures of the same size clearly differ. */
function difference(a: Uint8Array, b: Uint8Array): number {
  let count = 0;
  for (let i = 0; i < a.length; i += 3) {
    if (Math.abs(a[i]! - b[i]!) + Math.abs(a[i + 1]! - b[i + 1]!) + Math.abs(a[i + 2]! - b[i + 2]!) > 60)
      count++;
  }
  return (count * 3) / a.length;
}

async function picture(simulator: Simulator): Promise<Uint8Array> {
  return (await simulator.render!(view))[0]!.data;
}

test('a cube and a table that the model lacks are in the picture, where the far side has them', async () => {
  await using complete = await openMujoco({ model: await collectModelFiles(whole) });
  const { state } = await plant.reset({ want: { state: true } });
  for (const simulator of [complete, bare, pipeline.simulator('without')]) {
    await simulator.reset();
    await simulator.setState!(state!);
  }
  const [truth, propped, lacking] = [
    await picture(complete),
    await picture(bare),
    await picture(pipeline.simulator('without')),
  ];
  expect(difference(truth, lacking)).toBeGreaterThan(0.05);
  expect(difference(truth, propped)).toBeLessThan(0.02);
});

test('the cube goes where the far state has it, and its state comes back', async () => {
  const { state } = await plant.reset({ want: { state: true } });
  const cube = { ...state!.entities['cube']!, root_pos: f64([0.3, -0.1, 0.5], [1, 3]) };
  await bare.setState!({ entities: { cube } });
  const back = (await bare.getState!()).entities['cube']!;
  expect([...toNumbers(back.root_pos!)]).toEqual([0.3, -0.1, 0.5]);
});

test('a keyframe of the model stays one', async () => {
  const { state } = await bare.reset({ want: { state: true } });
  expect([...toNumbers(state!.entities['arm_base']!.joint_pos!)].slice(0, 3)).toEqual([0, -0.35, 1.75]);
});

test('what is left out or shown as a prop is said', () => {
  expect(remarks).toContain("without: 'cube' is not in the model: it is not shown");
  expect(remarks).toContain("view: 'cube' is not in the model: it is shown as a prop");
});

test('a run keeps the scene of a simulator without a model, and another model is given its things from it', async () => {
  const adapter = path.join(folder, 'modelless.py');
  writeFileSync(
    adapter,
    'from mujoco_native_adapter import MujocoNativeAdapter\n\n\nclass Modelless(MujocoNativeAdapter):\n    model = None\n',
  );
  const adapters = path.join(import.meta.dirname, '../plugins/sim-mujoco/adapters');
  const bareModel = { use: 'mujoco', model: path.join(folder, 'bare.xml') };
  await using recording = await openPipeline({
    version: 1,
    simulators: {
      plant: {
        use: 'python',
        adapter: `${adapter}:Modelless`,
        python,
        env: { PYTHONPATH: adapters },
        config: { model: whole },
      },
      view: { ...bareModel, states: 'from plant' },
    },
    run: { simulator: 'plant', controller: 'zero', episodes: 1, steps: 3, replay: 'view', folder },
  });
  const { folder: run, replay } = await recording.run();
  expect(replay!.unmatched).toEqual([]);
  await using later = await openPipeline({
    version: 1,
    simulators: {
      recorded: { use: 'recorded', run },
      view: { ...bareModel, states: 'from recorded' },
    },
  });
  expect(Object.keys(later.simulator('view').spec.entities)).toEqual(['arm_base', 'cube']);
  const [kept, seen] = await Promise.all(
    [later.simulator('recorded'), recording.simulator('plant')].map((simulator) => simulator.visuals!()),
  );
  // as text: JSON knows no −0
  expect(JSON.stringify(kept)).toBe(JSON.stringify(seen));
});
