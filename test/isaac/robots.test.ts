import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import {
  f32,
  openPipeline,
  type Frame,
  type ProbeResult,
  type RunSummary,
  type Tensor,
  type Visuals,
} from '@farsim/core';
import mcap from '@farsim/recorder-mcap';
import { afterAll, expect, test } from 'vitest';
import { assets, moreAssets, openIsaac, openTransport } from './open-isaac.ts';

const root = path.join(import.meta.dirname, '../..');
const folder = mkdtempSync(path.join(os.tmpdir(), 'farsim-isaac-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Runs one of the examples as a user does, and gives what `--json` says of it. */
function runExample(name: string): RunSummary & { folder: string } {
  const words = ['cli/bin/farsim.js', 'run', `examples/${name}`, `run.folder=${folder}`, '--json'];
  const { stdout, stderr } = spawnSync(process.execPath, words, {
    cwd: root,
    encoding: 'utf8',
    maxBuffer: 1 << 26,
  });
  expect(stdout, stderr).not.toBe('');
  return JSON.parse(stdout.trim().split('\n').at(-1)!) as RunSummary;
}

/** Records a task for a while, replays it here, and gives the summary. */
async function recordAndReplay(plant: object, steps: number): Promise<RunSummary> {
  await using pipeline = await openPipeline({
    version: 1,
    simulators: {
      plant: { use: 'isaac', python: 'managed', envs: 2, device: 'cpu', assets, ...plant },
      view: { use: 'mujoco', model: 'from plant' },
    },
    run: {
      simulator: 'plant',
      controller: { use: 'random', seed: 3 },
      episodes: 2,
      steps,
      seed: 5,
      replay: 'view',
      tolerance: { position: 1e-5, rotation: 1e-5 },
      video: { episodes: [0], size: '320x240', fps: 25 },
      folder,
    },
  });
  return await pipeline.run();
}

const column = ({ data, shape }: Tensor, place: number): number[] =>
  Array.from({ length: shape[0]! }, (_, row) => Number(data[row * shape[1]! + place]));

test('the lift example ends with the cube off the table, and the same here in MuJoCo', async () => {
  const summary = runExample('isaac-lift-cpu.yaml');
  expect(summary).toMatchObject({
    reason: 'finished',
    frames: 201,
    replay: { compared: 402, unmatched: [] },
  });
  const cube = summary.replay!.bodies.find(({ body }) => body === 'object/Object')!;
  expect(Math.max(cube.position, cube.rotation)).toBeLessThan(1e-5);
  await using recording = await mcap.read!(summary.folder);
  let last: Frame | undefined;
  for await (const { frame } of recording.rows(0)) last = frame;
  const heights = column(last!.state!.entities.object!.root_pos!, 2);
  for (const height of heights) expect(height).toBeGreaterThan(0.2);
});

test('the ant example is replayed here', () => {
  expect(runExample('isaac-ant-cpu.yaml')).toMatchObject({
    reason: 'finished',
    replay: { compared: 302, unmatched: [] },
  });
});

test('a drawer and the arm before it are two articulations', async () => {
  const summary = await recordAndReplay(
    {
      task: 'Isaac-Open-Drawer-Franka',
      configure: path.join(import.meta.dirname, 'drawer_cfg.py:configure'),
    },
    20,
  );
  const entities = new Set(summary.replay!.bodies.map(({ body }) => body.split('/')[0]));
  expect([...entities].toSorted()).toEqual(['cabinet', 'robot']);
});

test('a Go2 walks on a floating base', async () => {
  if (!existsSync(moreAssets)) return console.log('no ../shared/isaac-assets here: the Go2 is left out');
  const summary = await recordAndReplay({ task: 'Isaac-Velocity-Flat-UnitreeGo2', assets: moreAssets }, 40);
  expect(summary.replay!.bodies).toHaveLength(17);
  // its shapes are only there to collide with, so they are what there is to see
  expect(readFileSync(path.join(summary.folder, 'model/scene.xml'), 'utf8')).not.toContain('group="3"');
});

test('the velocity of a floating base is the link’s, and its centre of mass is elsewhere', async () => {
  if (!existsSync(moreAssets)) return console.log('no ../shared/isaac-assets here: the Go2 is left out');
  await using transport = await openTransport();
  await using isaac = await openIsaac(transport, {
    task: 'Isaac-Velocity-Flat-UnitreeGo2',
    envs: 2,
    assets: moreAssets,
  });
  await isaac.reset({ seed: 1 });
  const [x, y, z] = isaac.spec.entities.robot!.root_com_offset;
  expect(Math.hypot(x, y, z)).toBeGreaterThan(0.01);
  const given = {
    root_pos: f32([0.5, 0.2, 2, -0.5, 0.1, 3], [2, 3]),
    root_quat: f32([1, 0, 0, 0, 0, 0, 0, 1], [2, 4]),
    root_lin_vel: f32([1, 2, 3, -1, 0.5, 0], [2, 3]),
    root_ang_vel: f32([4, 5, 6, 0.5, -3, 2], [2, 3]),
  };
  await isaac.setState!({ entities: { robot: given } });
  const read = (await isaac.getState!()).entities.robot!;
  for (const [key, tensor] of Object.entries(given))
    [...read[key]!.data].forEach((value, i) =>
      expect(Number(value), `${key}[${i}]`).toBeCloseTo(Number(tensor.data[i]), 5),
    );
  const still = f32(
    Array.from({ length: 24 }, () => 0),
    [2, 12],
  );
  const before = read.root_pos!;
  const { state } = await isaac.step(still, { want: { state: true } });
  // one control step in free fall: the link's origin moved as its velocity said, not as the centre of mass did
  const dt = isaac.spec.step_dt;
  const moved = [0, 1, 2].map(
    (axis) => (column(state!.entities.robot!.root_pos!, axis)[0]! - column(before, axis)[0]!) / dt,
  );
  const spin = Math.hypot(4, 5, 6);
  expect(Math.hypot(moved[0]! - 1, moved[1]! - 2)).toBeLessThan(
    0.5 * spin * Math.hypot(x, y, z) * dt * spin + 0.15,
  );
});

test('a camera’s pictures come with the frames', async () => {
  await using transport = await openTransport();
  await using isaac = await openIsaac(transport, {
    task: 'Isaac-Cartpole-Camera-Direct',
    envs: 2,
    overrides: ['renderer=newton_renderer'],
  });
  const [camera] = Object.keys(isaac.spec.cameras);
  const frame = await isaac.reset({
    seed: 1,
    want: { images: { cameras: [camera!], every: 1, encoding: 'raw' } },
  });
  const [first, second] = frame.images!;
  expect(isaac.spec.cameras[camera!]).toMatchObject({ width: 96, height: 96 });
  for (const { width, height, data } of [first!, second!]) {
    expect([width, height, data.length]).toEqual([96, 96, 96 * 96 * 3]);
    expect(new Set(data).size).toBeGreaterThan(16);
  }
  const [name] = Object.keys(isaac.spec.entities);
  const moved = f32([0.5, 1], [1, 2]);
  const put = await isaac.setState!({ envs: Int32Array.of(1), entities: { [name!]: { joint_pos: moved } } });
  expect(put.images![0]!.data, 'it looks where things are now').not.toEqual(second!.data);
});

test('the scene’s shapes lie where the model has them', async () => {
  await using transport = await openTransport();
  await using isaac = await openIsaac(transport, {
    task: 'IsaacContrib-Lift-Cube-Franka',
    configure: path.join(root, 'examples/isaac/lift_cfg.py:configure'),
  });
  const { shapes } = (await isaac.visuals!()) as Visuals;
  const { entry, files } = await isaac.model!();
  const geoms = [
    ...Buffer.from(files.get(entry)!)
      .toString('utf8')
      .matchAll(/<geom [^>]* type="(?!plane)/g),
  ];
  expect(shapes.filter(({ type }) => type !== 'plane')).toHaveLength(geoms.length);
  // every shape of this scene is to be seen, colliders of the hand too
  expect(Buffer.from(files.get(entry)!).toString('utf8')).not.toContain('group="3"');
  expect(shapes.find(({ body }) => body === 'object/Object')).toMatchObject({
    type: 'box',
    size: [0.02, 0.02, 0.02].map(close),
  });
  expect(new Set(shapes.map(({ body }) => body))).toContain('robot/panda_hand');
  expect(shapes.find(({ name }) => name?.includes('Table'))).toMatchObject({
    body: 'world',
    pos: [0.6, 0, -0.2].map(close),
  });
});

test('doctor finds nothing wrong with a robot whose centre of mass is off its link’s origin', () => {
  if (!existsSync(moreAssets)) return console.log('no ../shared/isaac-assets here: the Go2 is left out');
  const config = path.join(folder, 'go2.yaml');
  const plant = {
    use: 'isaac',
    python: 'managed',
    task: 'Isaac-Velocity-Flat-UnitreeGo2',
    envs: 2,
    device: 'cpu',
    assets: moreAssets,
  };
  writeFileSync(config, JSON.stringify({ version: 1, simulators: { plant } }));
  const words = [path.join(root, 'cli/bin/farsim.js'), 'doctor', config, '--json'];
  const { stdout, stderr } = spawnSync(process.execPath, words, { cwd: folder, encoding: 'utf8' });
  expect(stdout, stderr).not.toBe('');
  const { results } = (JSON.parse(stdout) as { simulators: { plant: { results: ProbeResult[] } } }).simulators
    .plant;
  const of = (outcome: string): string[] =>
    results.filter((result) => result.outcome === outcome).map(({ probe }) => probe);
  expect(of('failed')).toEqual([]);
  for (const probe of [
    'set and get',
    'bodies',
    'quaternion',
    'velocity',
    'kinematics',
    'seed',
    'partial reset',
    'close',
  ])
    expect(of('passed')).toContain(probe);
});

const close = (value: number): unknown => expect.closeTo(value, 5);
