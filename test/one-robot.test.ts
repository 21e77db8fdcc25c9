import { existsSync } from 'node:fs';
import path from 'node:path';
import {
  bindActions,
  bindMap,
  f32,
  f64,
  findMap,
  mapActions,
  mapped,
  openPipeline,
  toNumbers,
  type EntitySpec,
  type Simulator,
  type Space,
  type Tensor,
  type WorldSpec,
} from '@farsim/core';
import { collectModelFiles, openMujoco } from '@farsim/sim-mujoco';
import { describe, expect, test } from 'vitest';

const models = path.join(import.meta.dirname, '../../shared/models');
const there = existsSync(models);
if (!there) console.log('no ../shared/models here: maps are not tried on Panda, Go2 and G1');

async function open(model: string): Promise<Simulator> {
  return openMujoco({ model: await collectModelFiles(path.join(models, model)) });
}

/** The entity as Isaac has it: these joints and bodies, all else as in the model. */
function asIsaac(own: EntitySpec, joints: readonly string[], bodies: readonly string[]): EntitySpec {
  return {
    ...own,
    root_body: bodies[0]!,
    joint_names: joints,
    joint_types: joints.map((joint) => (joint.includes('finger') ? 'slide' : 'hinge')),
    joint_limits: joints.map(() => null),
    body_names: bodies,
  };
}

function only(spec: WorldSpec): EntitySpec {
  return Object.values(spec.entities)[0]!;
}

const arm = Array.from({ length: 7 }, (_, i) => `panda_joint${i + 1}`);
const fingers = ['panda_finger_joint1', 'panda_finger_joint2'];
const defaults = [0, -0.569, 0, -2.81, 0, 3.037, 0.741];

/** The action space of Isaac's Franka lift, as its adapter describes it. */
const lift: Space = {
  dtype: 'f32',
  shape: [8],
  terms: [
    {
      name: 'arm_action',
      from: 0,
      to: 7,
      kind: 'joint_position',
      entity: 'robot',
      joints: arm,
      scale: 0.5,
      offset: defaults,
    },
    {
      name: 'gripper_action',
      from: 7,
      to: 8,
      kind: 'binary',
      entity: 'robot',
      joints: fingers,
      open: [0.04, 0.04],
      close: [0, 0],
    },
  ],
};

function isaacPanda(own: EntitySpec): Pick<WorldSpec, 'entities' | 'actions'> {
  const links = Array.from({ length: 8 }, (_, i) => `panda_link${i}`);
  const bodies = [...links, 'panda_hand', 'panda_leftfinger', 'panda_rightfinger'];
  return { entities: { robot: asIsaac(own, [...arm, ...fingers], bodies) }, actions: { '': lift } };
}

describe.runIf(there)('Isaac’s robots and MuJoCo’s', () => {
  test.each([['builtin:franka'], ['auto']])('a Panda is mapped whole by %s', async (map) => {
    await using panda = await open('panda/scene.xml');
    const bound = bindMap(isaacPanda(only(panda.spec)).entities, panda.spec.entities, findMap(map, '.'));
    expect(bound.remarks).toEqual([]);
    expect([...bound.pairs[0]!.there.source]).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8]);
    expect([...bound.pairs[0]!.bodiesThere]).toEqual([...Array(11).keys()]);
  });

  test.each([['builtin:go2'], ['auto']])('a Go2 in breadth-first order is mapped by %s', async (map) => {
    await using go2 = await open('go2/scene.xml');
    const parts = ['hip', 'thigh', 'calf'];
    const legs = ['FL', 'FR', 'RL', 'RR'];
    const joints = parts.flatMap((part) => legs.map((leg) => `${leg}_${part}_joint`));
    const bodies = ['base', ...[...parts, 'foot'].flatMap((part) => legs.map((leg) => `${leg}_${part}`))];
    const from = { robot: asIsaac(only(go2.spec), joints, bodies) };
    const bound = bindMap(from, go2.spec.entities, findMap(map, '.'));
    expect(bound.remarks).toEqual([]);
    expect([...bound.pairs[0]!.there.source]).toEqual([0, 4, 8, 1, 5, 9, 2, 6, 10, 3, 7, 11]);
    expect(bound.pairs[0]!.sameRoot).toBe(true);
  });

  test.each([['builtin:g1'], ['auto']])(
    'a G1’s order comes from its names by %s, as its maker’s table has it',
    async (map) => {
      await using g1 = await open('g1/scene_29dof.xml');
      const own = only(g1.spec);
      // for each of Isaac's joints the maker's: what unitree_rl_lab has as joint_ids_map
      const table = [
        0, 6, 12, 1, 7, 13, 2, 8, 14, 3, 9, 15, 22, 4, 10, 16, 23, 5, 11, 17, 24, 18, 25, 19, 26, 20, 27, 21,
        28,
      ];
      const joints = table.map((row) => own.joint_names[row]!);
      const from = { robot: { ...own, joint_names: joints } };
      const bound = bindMap(from, g1.spec.entities, findMap(map, '.'));
      expect([...bound.pairs[0]!.there.source].slice(0, 9)).toEqual([0, 3, 6, 9, 13, 17, 1, 4, 7]);
      expect([...bound.pairs[0]!.back.source]).toEqual(table);
      expect(bound.remarks).toEqual([]);
    },
  );
});

describe.runIf(there)('actions of Isaac’s Franka', () => {
  test('drive the Panda here to the same joint targets, gripper and tendon included', async () => {
    await using here = await open('panda/scene.xml');
    await using driven = mapped(await open('panda/scene.xml'), {
      as: isaacPanda(only(here.spec)),
      map: findMap('builtin:franka', '.')!,
      actions: true,
    });
    expect(driven.spec.actions['']!.shape).toEqual([8]);
    for (const simulator of [here, driven]) await simulator.reset();
    const numbers = [0.2, -0.4, 0.1, 0.6, -0.3, 0.2, 0.5];
    const targets = numbers.map((number, i) => 0.5 * number + defaults[i]!);
    for (const grip of [1, -1, 1]) {
      const told = await driven.step(f32([...numbers, grip], [1, 8]), { repeat: 20 });
      const same = await here.step(f64([...targets, grip >= 0 ? 255 : 0], [1, 8]), { repeat: 20 });
      const [a, b] = [told, same].map((frame) =>
        toNumbers((frame.observations as { qpos: Parameters<typeof toNumbers>[0] }).qpos),
      );
      // f32 numbers of the action
      a!.forEach((q, i) => expect(q).toBeCloseTo(b![i]!, 5));
      expect(a![7]! > 0.03).toBe(grip > 0);
    }
  });

  test('come back from the Panda’s servos, the tendon as open or closed', async () => {
    await using panda = await open('panda/scene.xml');
    const isaac = isaacPanda(only(panda.spec));
    const bound = bindMap(panda.spec.entities, isaac.entities, findMap('builtin:franka', '.'));
    const map = bindActions(bound, { from: panda.spec.actions['']!, to: lift });
    expect([...mapActions(map, [...defaults, 255])]).toEqual([0, 0, 0, 0, 0, 0, 0, 1]);
    const moved = mapActions(map, [...defaults.map((target) => target + 0.25), 10]);
    moved.forEach((number, i) => expect(number).toBeCloseTo(i < 7 ? 0.5 : -1, 6));
  });

  test('that are relative to where the joint is are refused before anything moves, with the way out', async () => {
    await using panda = await open('panda/scene.xml');
    const { entities } = isaacPanda(only(panda.spec));
    const terms = lift.terms!.map((term) => ({ ...term, class: 'RelativeJointPositionAction' }));
    const as = { entities, actions: { '': { ...lift, terms } } };
    expect(() => mapped(panda, { as, map: findMap('builtin:franka', '.')!, actions: true })).toThrow(
      expect.objectContaining({ code: 'UNSUPPORTED', message: expect.stringMatching(/Relative/) }),
    );
  });

  test('that leave an actuator without a command are refused by name, unless the map holds it', async () => {
    await using panda = await open('panda/scene.xml');
    const { entities } = isaacPanda(only(panda.spec));
    const bound = bindMap(entities, panda.spec.entities, findMap('builtin:franka', '.'));
    const sides = {
      from: { ...lift, shape: [7], terms: lift.terms!.slice(0, 1) },
      to: panda.spec.actions['']!,
    };
    expect(() => bindActions(bound, sides)).toThrow(
      expect.objectContaining({
        code: 'MAP_INVALID',
        message: expect.stringMatching(/finger_joint1.*actuator8/),
        suggestions: [expect.stringContaining('hold: { actuator8')],
      }),
    );
    const held = bindActions(bound, { ...sides, hold: { actuator8: 200 } });
    expect([...mapActions(held, new Float64Array(7))]).toEqual([...defaults, 200]);
  });
});

describe.runIf(there)('Isaac’s Franka and the Panda here, in one config', () => {
  const fakes = path.join(import.meta.dirname, '../python/tests/fakes');
  const config = {
    version: 1,
    simulators: {
      plant: {
        use: 'isaac',
        task: 'Isaac-Reach-Franka',
        device: 'cuda:0',
        acceptEula: true,
        python: process.env.FARSIM_TEST_PYTHON ?? 'python3',
        env: {
          PYTHONPATH: ['common', 'kit', 'two'].map((part) => path.join(fakes, part)).join(path.delimiter),
          FAKE_ISAAC: JSON.stringify({ models }),
        },
      },
      panda: { use: 'mujoco', model: path.join(models, 'panda/scene.xml'), stepDt: 0.02 },
      here: { use: 'mapped', simulator: 'panda', as: 'from plant', map: 'builtin:franka' },
      far: { use: 'mapped', simulator: 'plant', as: 'from panda', map: 'builtin:franka' },
    },
  };

  test('are driven by each other’s actions to the same joint targets', async () => {
    await using pipeline = await openPipeline(config);
    const [plant, panda] = [pipeline.simulator('plant'), pipeline.simulator('panda')];
    const { scale, offset } = plant.spec.actions['']!.terms![0]!;
    const [gain, offsets] = [scale as number, offset as readonly number[]];
    // both fingers to 2 cm
    const targets = [0.15, -0.5, 0.2, -1.9, -0.15, 1.8, 0.9, 0.02, 0.02];
    const numbers = targets.map((target, i) => (target - offsets[i]!) / gain);
    const controls = [...targets.slice(0, 7), 127.5];
    const after = async (simulator: Simulator, action: Tensor): Promise<number[]> => {
      await simulator.reset({ seed: 1 });
      await simulator.step(action, { repeat: 15 });
      const { entities } = await simulator.getState!();
      return [...toNumbers(Object.values(entities)[0]!.joint_pos!)];
    };
    const mine = f64(controls, [1, 8]);
    const theirs = f32(numbers, [1, 9]);
    const elsewhere = f64([...offsets.slice(0, 7), 255], [1, 8]);
    expect(apart(await after(panda, mine), await after(panda, elsewhere))).toBeGreaterThan(0.05);
    // the same targets take the same way
    expect(apart(await after(panda, mine), await after(pipeline.simulator('here'), theirs))).toBeLessThan(
      1e-6,
    );
    expect(apart(await after(plant, theirs), await after(pipeline.simulator('far'), mine))).toBeLessThan(
      1e-6,
    );
  });
});

function apart(a: readonly number[], b: readonly number[]): number {
  return Math.max(...a.map((value, i) => Math.abs(value - b[i]!)));
}
