import { f32, type EntitySpec, type Tensor, type Visuals, type VisualShape } from '@farsim/core';
import { describe, expect, test } from 'vitest';
import { collectModelFiles } from '../src/collect-model-files.ts';
import { addProps } from '../src/props/add-props.ts';
import { quaternionOfMatrix } from '../src/scene/quaternion-of-matrix.ts';
import { openMujoco } from '../src/world/open-mujoco.ts';

const primitives = new URL('models/primitives.xml', import.meta.url).pathname;
const flier = new URL('models/flier.xml', import.meta.url).pathname;

const corners = (triangles: readonly number[]): Tensor => ({
  dtype: 'u32',
  shape: [triangles.length / 3, 3],
  data: Uint32Array.from(triangles),
});

function shape(more: Partial<VisualShape>): VisualShape {
  return {
    body: 'world',
    type: 'box',
    size: [],
    pos: [0, 0, 0],
    quat: [1, 0, 0, 0],
    rgba: [1, 0, 0, 1],
    ...more,
  };
}

function thing(name: string, fixed = false): EntitySpec {
  return {
    kind: 'rigid_object',
    fixed_base: fixed,
    root_body: name,
    joint_names: [],
    joint_types: [],
    joint_limits: [],
    body_names: [name],
    root_com_offset: [0, 0, 0],
  };
}

/** A flat sheet and a tetrahedron. */
const sheet = {
  type: 'mesh',
  vertices: f32([0, 0, 0, 1, 0, 0, 1, 1, 0, 0, 1, 0], [4, 3]),
  indices: corners([0, 1, 2, 0, 2, 3]),
} as const;
const spike = {
  type: 'mesh',
  vertices: f32([0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1], [4, 3]),
  indices: corners([0, 2, 1, 0, 1, 3, 0, 3, 2, 1, 2, 3]),
} as const;

async function propped(
  visuals: Visuals,
  entities: Record<string, EntitySpec>,
  taken: readonly string[] = [],
) {
  return addProps(await collectModelFiles(flier), { visuals, entities, world: true, taken: new Set(taken) });
}

describe('props', () => {
  test('of every shape are taken in by the engine, meshes that are flat or closed too', async () => {
    const world = [
      shape({ size: [0.1, 0.2, 0.3] }),
      shape({ type: 'sphere', size: [0.1] }),
      shape({ type: 'capsule', size: [0.1, 0.2] }),
      shape({ type: 'cylinder', size: [0.1, 0.2] }),
      shape({ type: 'ellipsoid', size: [0.1, 0.2, 0.3] }),
      shape(sheet),
      shape(spike),
    ];
    const flying = world.map((one) => ({ ...one, body: 'thing/thing' }));
    const made = (await propped({ shapes: [...world, ...flying] }, { thing: thing('thing') }))!;
    await using simulator = await openMujoco({ model: made.files });
    const { shapes } = await simulator.visuals!();
    const own = await openMujoco({ model: await collectModelFiles(flier) });
    const before = (await own.visuals!()).shapes.length;
    await own[Symbol.asyncDispose]();
    expect(shapes.length).toBe(before + 14);
    expect(simulator.spec.entities['thing']).toMatchObject({ kind: 'rigid_object', fixed_base: false });
    await simulator.reset();
    expect((await simulator.getState!()).entities['thing']).toBeDefined();
  });

  test('that are fixed become mocap bodies, and a name that the model has is given another', async () => {
    const shapes = [shape({ body: 'hull/hull', size: [1, 1, 1] })];
    const made = (await propped({ shapes }, { hull: thing('hull', true) }, ['hull']))!;
    expect(made.bodies).toEqual({ hull: 'hull prop 1' });
    await using simulator = await openMujoco({ model: made.files });
    expect(simulator.spec.entities['hull prop 1']).toMatchObject({ fixed_base: true });
  });

  test('lengthen each array of the model’s keyframes, those of mocap bodies too', async () => {
    const model = `<mujoco><worldbody>
  <body mocap="true"><geom size="1"/></body><body><freejoint/><geom size="1"/></body>
</worldbody><keyframe><key qpos="1 2 3 1 0 0 0" qvel="1 0 0 0 0 0" mpos="4 5 6" mquat="0 1 0 0"/></keyframe></mujoco>`;
    const files = { entry: 'keyed.xml', files: new Map([['keyed.xml', Buffer.from(model)]]) };
    const shapes = ['hull', 'ball'].map((name) => shape({ body: `${name}/${name}`, size: [1, 1, 1] }));
    const entities = { hull: thing('hull', true), ball: thing('ball') };
    const made = addProps(files, { visuals: { shapes }, entities, world: false, taken: new Set() })!;
    await using simulator = await openMujoco({ model: made.files });
    expect(Object.keys(simulator.spec.entities)).toEqual(expect.arrayContaining(['hull', 'ball']));
  });

  test('as large as a ground, and planes, are left to the model', async () => {
    const shapes = [shape({ size: [50, 50, 0.1] }), shape({ type: 'plane', size: [0, 0] })];
    expect(await propped({ shapes }, {})).toBeUndefined();
  });

  test('with joints or without shapes are said and left out', async () => {
    const door: EntitySpec = { ...thing('door'), kind: 'articulation', joint_names: ['hinge'] };
    const shapes = [shape({ body: 'door/door', size: [1, 1, 1] }), shape({ size: [1, 1, 1] })];
    const { remarks } = (await propped({ shapes }, { door, ghost: thing('ghost') }))!;
    expect(remarks.join()).toMatch(/'door' has joints.*'ghost' has no shapes/);
  });
});

test('a model’s shapes are told with their sizes, places and the bodies that they hang on', async () => {
  await using whole = await openMujoco({ model: await collectModelFiles(primitives) });
  await whole.reset();
  const { shapes } = await whole.visuals!();
  expect(shapes.find(({ name }) => name === 'tin')!.pos).toEqual([0.05, -0.3, 0.11]);
  expect(shapes.find(({ name }) => name === 'pill')).toMatchObject({
    body: 'tumbler/tumbler',
    size: [0.07, 0.13],
  });
  expect(shapes.some(({ name }) => name === 'unseen')).toBe(false);
});

test('a matrix becomes its quaternion, whichever component is the largest', () => {
  const turns = [
    [1, 0, 0, 0, 1, 0, 0, 0, 1],
    [1, 0, 0, 0, -1, 0, 0, 0, -1],
    [-1, 0, 0, 0, 1, 0, 0, 0, -1],
    [-1, 0, 0, 0, -1, 0, 0, 0, 1],
    [0, -1, 0, 1, 0, 0, 0, 0, 1],
  ];
  const half = Math.SQRT1_2;
  const expected = [
    [1, 0, 0, 0],
    [0, 1, 0, 0],
    [0, 0, 1, 0],
    [0, 0, 0, 1],
    [half, 0, 0, half],
  ];
  turns.forEach((matrix, i) =>
    quaternionOfMatrix(matrix).forEach((value, k) => expect(value).toBeCloseTo(expected[i]![k]!, 12)),
  );
});
