import {
  f64,
  mapped,
  robotMap,
  takeRows,
  toNumbers,
  type EntityState,
  type Simulator,
  type WorldSpec,
  type WorldState,
} from '@farsim/core';
import { simulatorContract } from '@farsim/core/testing';
import { describe, expect, test } from 'vitest';
import { holdToContract } from '../../../test/hold-to-contract.ts';
import { collectModelFiles } from '../src/collect-model-files.ts';
import { openMujoco, type MujocoOptions } from '../src/world/open-mujoco.ts';

const flier = new URL('models/flier.xml', import.meta.url).pathname;
const pendulum = new URL('models/pendulum.xml', import.meta.url).pathname;
const arm = new URL('../../../cli/demo/arm.xml', import.meta.url).pathname;

async function open(file: string, options: Partial<MujocoOptions> = {}): Promise<Simulator> {
  return openMujoco({ model: await collectModelFiles(file), ...options });
}

/** The demo's arm under other names, in the reverse order, with one joint turned round; actions too. */
async function openRenamed(): Promise<Simulator> {
  const own = await open(arm, { envs: 3 });
  const { entities, actions } = own.spec;
  const { arm_base: spec, ...things } = entities;
  const joints = spec!.joint_names.map((joint) => `robot_${joint}`);
  const robot = {
    ...spec!,
    joint_names: joints.toReversed(),
    joint_types: spec!.joint_types.toReversed(),
    joint_limits: joints.map(() => null),
  };
  const terms = actions['']!.terms!.map((term) => ({
    ...term,
    entity: 'robot',
    joints: term.joints!.map((joint) => `robot_${joint}`),
  }));
  const renamed = { robot, ...things };
  return mapped(own, {
    as: { entities: renamed, actions: { '': { ...actions['']!, terms } } },
    map: { name: 'turned', map: robotMap({ sign: { robot_elbow: -1 }, offset: { robot_yaw: 0.2 } }) },
    actions: true,
  });
}

describe('the demo’s arm under another’s names and actions', () => {
  holdToContract(simulatorContract, openRenamed);
});

describe.each([
  ['the flier', flier, 3],
  ['the demo’s arm', arm, 1],
])('%s', (_, file, envs) => {
  holdToContract(simulatorContract, () => open(file, { envs }));
});

/** One env's free body turned by a quarter about Z, moving and spinning in world axes. */
function turned(): WorldState {
  const half = Math.SQRT1_2;
  return {
    entities: {
      hull: {
        root_pos: f64([0, 0, 2], [1, 3]),
        root_quat: f64([half, 0, 0, half], [1, 4]),
        root_lin_vel: f64([0.3, -0.2, 0.1], [1, 3]),
        root_ang_vel: f64([0.7, 0.4, -0.5], [1, 3]),
        joint_pos: f64([0.2, 0.01], [1, 2]),
        joint_vel: f64([0, 0], [1, 2]),
      },
    },
  };
}

describe('states', () => {
  test('a root that turns on a joint of its own turns once', async () => {
    await using there = await open(pendulum);
    await using here = await open(pendulum);
    await there.reset();
    const swung = { entities: { rod: { joint_pos: f64([1.2], [1, 1]) } } };
    await there.setState!(swung);
    const state = await there.getState!();
    await here.setState!(state);
    const again = await here.getState!();
    expect(again.entities.rod!.root_quat!.data).toEqual(state.entities.rod!.root_quat!.data);
    expect(state.entities.rod!.root_quat!.data[0]).toBeCloseTo(Math.cos(0.6), 12);
  });

  test('velocities are those of the root link’s origin in world axes: what finite differences give', async () => {
    await using simulator = await open(flier, { stepDt: 0.001 });
    await simulator.reset({ want: { state: true } });
    await simulator.setState!(turned());
    const before = (await simulator.getState!()).entities.hull!;
    const after = (await simulator.step(f64([0], [1, 1]))).state!.entities.hull!;
    const moved = difference(after.root_pos!, before.root_pos!).map((d) => d / 0.001);
    moved.forEach((speed, i) => expect(speed).toBeCloseTo(toNumbers(after.root_lin_vel!)[i]!, 2));
    const spin = spinBetween(before, after, 0.001);
    spin.forEach((speed, i) => expect(speed).toBeCloseTo(toNumbers(after.root_ang_vel!)[i]!, 2));
  });

  test('both signs of a quaternion are one pose', async () => {
    await using simulator = await open(flier);
    await simulator.reset();
    await simulator.setState!(turned());
    const first = (await simulator.getState!()).entities.hull!;
    const state = turned();
    const quat = f64(
      toNumbers(state.entities.hull!.root_quat!).map((q) => -q),
      [1, 4],
    );
    await simulator.setState!({ entities: { hull: { ...state.entities.hull!, root_quat: quat } } });
    const second = (await simulator.getState!()).entities.hull!;
    expect(toNumbers(second.body_pos!)).toEqual(toNumbers(first.body_pos!));
  });

  test('what a state leaves out stays as it was', async () => {
    await using simulator = await open(flier);
    await simulator.reset();
    const before = (await simulator.getState!()).entities.stone!;
    await simulator.setState!(turned());
    const after = (await simulator.getState!()).entities.stone!;
    expect(after.root_pos).toEqual(before.root_pos);
  });

  test('rows go to the envs that the state names, in that order', async () => {
    await using simulator = await open(flier, { envs: 3 });
    await simulator.reset();
    const heights = f64([0, 0, 5, 0, 0, 7], [2, 3]);
    await simulator.setState!(
      { envs: Int32Array.of(2, 0), entities: { stone: { root_pos: heights } } },
      { envs: Int32Array.of(2, 0) },
    );
    const { root_pos: positions } = (await simulator.getState!()).entities.stone!;
    expect(toNumbers(takeRows(positions!, [2]))).toEqual(Float64Array.of(0, 0, 5));
    expect(toNumbers(takeRows(positions!, [0]))).toEqual(Float64Array.of(0, 0, 7));
  });

  test('a body without a name is called after its number', async () => {
    await using simulator = await open(flier);
    expect(simulator.spec.entities.hull!.body_names).toEqual(['hull', 'wing', 'body_3']);
  });
});

describe('another simulator’s names', () => {
  const other = (joints: readonly string[], fixed = false): Pick<WorldSpec, 'entities' | 'actions'> => ({
    actions: {},
    entities: {
      robot_hull: {
        kind: 'articulation',
        fixed_base: fixed,
        root_body: 'robot_hull',
        joint_names: joints,
        joint_types: joints.map((joint) => (joint.endsWith('tip') ? ('slide' as const) : ('hinge' as const))),
        joint_limits: joints.map(() => null),
        body_names: ['robot_hull', 'robot_wing'],
        root_com_offset: [0, 0, 0],
      },
    },
  });

  test('are followed in their own order, prefixes taken away', async () => {
    await using simulator = mapped(await open(flier), { as: other(['robot_tip', 'robot_flap']) });
    await simulator.reset();
    const state: EntityState = { joint_pos: f64([0.02, 0.3], [1, 2]) };
    await simulator.setState!({ entities: { robot_hull: state } });
    const back = (await simulator.getState!()).entities.robot_hull!;
    expect(toNumbers(back.joint_pos!)).toEqual(Float64Array.of(0.02, 0.3));
  });

  test('a joint that the model has not is MAP_INVALID and lists both sides', async () => {
    await using simulator = await open(flier);
    expect(() => mapped(simulator, { as: other(['robot_tail', 'robot_flap']) })).toThrow(
      expect.objectContaining({
        code: 'MAP_INVALID',
        message: expect.stringMatching(/robot_tail[\s\S]*flap/),
      }),
    );
  });

  test('a fixed base is not a floating one', async () => {
    await using simulator = await open(flier);
    expect(() => mapped(simulator, { as: other(['robot_tip', 'robot_flap'], true) })).toThrow(
      expect.objectContaining({ code: 'BASE_DIFFERS' }),
    );
  });

  test('a view in which nothing of the other side would move is refused', async () => {
    await using simulator = await open(flier);
    const { hull } = simulator.spec.entities;
    const piece = {
      ...hull!,
      joint_names: ['a', 'b'],
      root_body: 'rig',
      body_names: ['rig'],
      kind: 'rigid_object' as const,
    };
    const as = { entities: { one: piece, two: { ...piece, root_body: 'mast' } }, actions: {} };
    expect(() => mapped(simulator, { as })).toThrow(
      expect.objectContaining({ code: 'MAP_INVALID', message: expect.stringMatching(/nothing of one, two/) }),
    );
  });
});

describe('models', () => {
  test('couple joints by equalities that are switched on alone', async () => {
    const [mimics, loose] = await Promise.all(
      ['true', 'false'].map(async (active) => {
        const model = `<mujoco><worldbody><body name="hand">
  <body><joint name="left" type="slide"/><geom size="1"/></body><body><joint name="right" type="slide"/><geom size="1"/></body>
</body></worldbody><equality><joint active="${active}" joint1="left" joint2="right"/></equality></mujoco>`;
        const files = { entry: 'hand.xml', files: new Map([['hand.xml', Buffer.from(model)]]) };
        await using simulator = await openMujoco({ model: files });
        return simulator.spec.entities['hand']!.joint_mimics;
      }),
    );
    expect(mimics).toHaveLength(2);
    expect(loose).toBeUndefined();
  });

  test('that are not MJCF are MODEL_INVALID', async () => {
    const model = {
      entry: 'a.xml',
      files: new Map([['a.xml', Buffer.from('<mujoco><nonsense/></mujoco>')]]),
    };
    await expect(openMujoco({ model })).rejects.toMatchObject({ code: 'MODEL_INVALID' });
  });

  test('whose files are missing say which', async () => {
    await expect(collectModelFiles('/no/such/model.xml')).rejects.toMatchObject({
      code: 'FILE_NOT_FOUND',
      message: expect.stringContaining('/no/such/model.xml'),
    });
  });

  test('two at once do not disturb each other, though the heap grows', async () => {
    await using first = await open(flier);
    await first.reset({ want: { state: true } });
    const before = await first.getState!();
    await using second = await open(arm, { envs: 8 });
    await second.reset();
    expect(await first.getState!()).toEqual(before);
  });
});

function difference(a: Parameters<typeof toNumbers>[0], b: Parameters<typeof toNumbers>[0]): number[] {
  const other = toNumbers(b);
  return Array.from(toNumbers(a), (value, i) => value - other[i]!);
}

/** World angular velocity that takes one unit quaternion to the next within `dt`: 2 (q₁ − q₀) q₀⁻¹ / dt, vector part. */
function spinBetween(before: EntityState, after: EntityState, dt: number): number[] {
  const [w, x, y, z] = toNumbers(before.root_quat!) as unknown as [number, number, number, number];
  const [dw, dx, dy, dz] = difference(after.root_quat!, before.root_quat!) as [
    number,
    number,
    number,
    number,
  ];
  return [
    -dw * x + dx * w - dy * z + dz * y,
    -dw * y + dx * z + dy * w - dz * x,
    -dw * z - dx * y + dy * x + dz * w,
  ].map((part) => (2 * part) / dt);
}

test('a servo’s term says where its target is held', async () => {
  await using simulator = await open(arm);
  const { low, high, terms } = simulator.spec.actions['']!;
  expect(terms!.map(({ clip }) => clip)).toEqual(
    terms!.map((_, i) => [[(low as number[])[i], (high as number[])[i]]]),
  );
});
