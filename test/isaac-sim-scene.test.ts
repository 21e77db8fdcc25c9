import path from 'node:path';
import { openPipeline } from '@farsim/core';
import { expect, test } from 'vitest';

const fakes = path.join(import.meta.dirname, '../python/tests/fakes');
const scene = {
  use: 'isaac-sim',
  usd: 'crab.usda',
  assets: path.join(fakes, 'robots'),
  prims: { robot: '/World/Robot', crane: '/World/Crane', object: '/World/Object' },
};
const room = { pos: [0.4, 3, 1], lookAt: [0, 0.8, 0.1] };

function open(plant: object) {
  return openPipeline({ version: 1, simulators: { plant: { ...scene, ...plant } } });
}

test.each(['experimental', 'core'])(
  'a USD scene with %s prims gives its shapes and what a camera sees, which defaults complete',
  async (generation) => {
    const parts = ['common', 'kit', generation].map((part) => path.join(fakes, part));
    const python = process.env.FARSIM_TEST_PYTHON ?? 'python3';
    const env = { PYTHONPATH: parts.join(path.delimiter) };
    const wrist = { prim: '/World/Crane/boom/eye', width: 32, height: 24 };
    const cameras = { wrist, room: { ...room, width: 40, height: 30 } };
    await using pipeline = await open({ device: 'cpu', acceptEula: true, python, env, cameras });
    const plant = pipeline.simulator('plant');
    expect(plant.spec.cameras).toMatchObject({
      wrist: { width: 32, height: 24 },
      room: { width: 40, height: 30, fovy: expect.closeTo(Math.PI / 4) },
    });
    await plant.reset();
    const [image] = await plant.render!({ camera: 'room', width: 40, height: 30 });
    expect([image!.width, image!.height, image!.data.length]).toEqual([40, 30, 40 * 30 * 3]);
    expect(new Set(image!.data).size).toBeGreaterThan(10);
    const { shapes } = await plant.visuals!();
    expect(shapes.map(({ body }) => body)).toEqual(
      expect.arrayContaining(['world', 'robot/shell', 'crane/boom', 'object/object']),
    );
  },
);

test('several envs of a scene are refused before anything starts, with the way to have them', async () => {
  await expect(open({ envs: 4, on: 'nowhere' })).rejects.toMatchObject({
    code: 'UNSUPPORTED',
    message: expect.stringContaining('4 envs'),
    suggestions: expect.arrayContaining([expect.stringContaining('`use: isaac`')]),
  });
});

test.each([
  ['neither a prim nor a place', { width: 8 }, 'either `prim`'],
  ['both', { prim: '/World/eye', ...room }, 'either `prim`'],
  ['a place without a direction', { pos: [0, 0, 1] }, '`lookAt` or `quat`'],
  ['a place with two', { ...room, quat: [1, 0, 0, 0] }, '`lookAt` or `quat`'],
  ['a look at itself', { pos: [0, 0, 1], lookAt: [0, 0, 1] }, 'where the camera is'],
  ['optics for a prim', { prim: '/World/eye', fovy: 30 }, '`prim` has its own'],
  ['a quaternion of another norm', { pos: [0, 0, 1], quat: [1, 1, 0, 0] }, 'norm of 1'],
  ['a key that is none', { ...room, lookat: [0, 0, 0] }, 'lookat'],
])('a camera with %s is refused by name', async (_, camera, words) => {
  const error = await open({ cameras: { eye: camera } }).then(
    () => undefined,
    (thrown: Error) => thrown,
  );
  expect(error?.message).toContain(words);
  expect(error?.message).toContain('cameras.eye');
});
