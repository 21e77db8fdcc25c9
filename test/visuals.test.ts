import { afterAll, beforeAll, expect, test } from 'vitest';
import { toNumbers, type RemoteSimulator, type Transport } from '@farsim/core';
import { openAdapter, openLocalTransport } from './open-far.ts';

const model = new URL('../plugins/sim-mujoco/test/models/primitives.xml', import.meta.url).pathname;
const python = process.env.FARSIM_TEST_PYTHON ?? 'python3';

let transport: Transport;
let plant: RemoteSimulator;
beforeAll(async () => {
  transport = await openLocalTransport();
  const order = { config: { envs: 1, model }, far: { python } };
  plant = await openAdapter(transport, 'sim-mujoco', 'mujoco_native_adapter:MujocoNativeAdapter', order);
});
afterAll(async () => {
  await plant[Symbol.asyncDispose]();
  await transport[Symbol.asyncDispose]();
});

test('a far scene’s shapes arrive with sizes, places, colours and the bodies that they hang on', async () => {
  const { shapes } = await plant.visuals!();
  const shape = (name: string): (typeof shapes)[number] => shapes.find((one) => one.name === name)!;
  expect(shape('pill')).toMatchObject({
    body: 'tumbler/tumbler',
    type: 'capsule',
    size: [0.07, 0.13],
    pos: [0, 0, 0],
  });
  expect(shape('floor')).toMatchObject({ body: 'world', type: 'plane', size: [0, 0] });
  expect(shape('tin').pos).toEqual([0.05, -0.3, 0.11]);
  expect(shape('tin').rgba.map((channel) => Number(channel.toFixed(3)))).toEqual([0.3, 0.5, 0.85, 1]);
  // the material's, where the geom has none of its own
  expect(shape('ball').rgba.map((channel) => Number(channel.toFixed(3)))).toEqual([0.85, 0.2, 0.15, 1]);
  expect(shapes.some(({ name }) => name === 'unseen')).toBe(false);
});

test('a far mesh arrives with all its corners', async () => {
  const roof = (await plant.visuals!()).shapes.find(({ name }) => name === 'roof')!;
  expect(roof.vertices!.dtype).toBe('f32');
  expect(roof.vertices!.shape[0]).toBeGreaterThanOrEqual(6);
  expect(roof.indices!.shape).toEqual([8, 3]);
  // the roof is 0.14 m high, whatever frame the engine gave it
  const z = toNumbers(roof.vertices!);
  expect(Math.max(...z) - Math.min(...z)).toBeGreaterThan(0.13);
});
