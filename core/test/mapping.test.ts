import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { bindMap } from '../src/mapping/bind-map.ts';
import { summarizeMap } from '../src/mapping/bound-map.ts';
import { findMap } from '../src/mapping/find-map.ts';
import { presentEntities } from '../src/mapping/present-entities.ts';
import { robotMap, type NamedMap } from '../src/mapping/robot-map.ts';
import { turnMap } from '../src/mapping/turn-map.ts';
import { transferBack, transferState } from '../src/mapping/transfer-state.ts';
import { f32, f64, toNumbers } from '../src/model/tensor.ts';
import type { EntitySpec } from '../src/model/world-spec.ts';

const folder = mkdtempSync(path.join(os.tmpdir(), 'farsim-map-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function robot(joints: readonly string[], more: Partial<EntitySpec> = {}): EntitySpec {
  return {
    kind: 'articulation',
    fixed_base: true,
    root_body: 'base',
    joint_names: joints,
    joint_types: joints.map(() => 'hinge' as const),
    joint_limits: joints.map(() => null),
    body_names: ['base', ...joints.map((joint) => `${joint}_link`)],
    root_com_offset: [0, 0, 0],
    ...more,
  };
}

function thing(name: string): EntitySpec {
  return { ...robot([]), kind: 'rigid_object', fixed_base: false, root_body: name, body_names: [name] };
}

function ofMap(content: Parameters<typeof robotMap>[0]): NamedMap {
  return { name: 'test', map: robotMap(content) };
}

const code = (expected: string, message?: RegExp): object =>
  expect.objectContaining({
    code: expected,
    ...(message && { message: expect.stringMatching(message) }),
  }) as object;

describe('names', () => {
  test('are found exactly, without what all of a side share, and however they are written', () => {
    const map = bindMap(
      { arm: robot(['panda_joint_1', 'panda_joint_2', 'panda_wrist']) },
      { arm: robot(['wrist', 'Joint2', 'joint1']) },
    );
    expect([...map.pairs[0]!.there.source]).toEqual([2, 1, 0]);
  });

  test('of two robots and two things are kept apart, in whatever order they come', () => {
    const from = { a: robot(['x', 'y']), b: robot(['u', 'v']), red: thing('red'), blue: thing('blue') };
    const to = {
      blue: thing('blue'),
      second: robot(['v', 'u']),
      first: robot(['y', 'x']),
      red: thing('red'),
    };
    const { pairs, lost, still } = bindMap(from, to);
    expect(pairs.map((pair) => [pair.from, pair.to])).toEqual([
      ['a', 'first'],
      ['b', 'second'],
      ['red', 'red'],
      ['blue', 'blue'],
    ]);
    expect([lost, still]).toEqual([[], []]);
  });

  test('of a thing that only one side has are not given to another thing', () => {
    const { pairs, lost } = bindMap({ table: thing('table'), cube: thing('cube') }, { box: thing('box') });
    expect(pairs).toEqual([]);
    expect(lost).toEqual(['table', 'cube']);
  });

  test('that no rule finds come from the map, before any rule', () => {
    const map = ofMap({ rename: { joints: { x: 'y', y: 'x' } } });
    expect([
      ...bindMap({ a: robot(['x', 'y']) }, { a: robot(['x', 'y']) }, map).pairs[0]!.there.source,
    ]).toEqual([1, 0]);
  });

  test('lose the prefix that the map gives for their entity', () => {
    const map = ofMap({ prefix: { a: 'left/' } });
    const { pairs } = bindMap({ a: robot(['left/x', 'y']) }, { a: robot(['y', 'x']) }, map);
    expect([...pairs[0]!.there.source]).toEqual([1, 0]);
  });

  test('of a joint that the other side has not refuse the map and list both sides', () => {
    expect(() => bindMap({ a: robot(['x', 'elbov']) }, { a: robot(['x', 'elbow']) })).toThrow(
      code('MAP_INVALID', /'elbov' of 'a' \(2 joints: x, elbov\).*'a' \(2 joints: x, elbow\)/),
    );
  });

  test('that a map ignores need not be found', () => {
    const map = ofMap({ ignore: { joints: ['z'], entities: ['lamp'] } });
    const { remarks } = bindMap({ a: robot(['x', 'z']), lamp: thing('lamp') }, { a: robot(['x']) }, map);
    expect(remarks).toEqual(["'a' has bodies that the model has not: z_link"]);
  });

  test('mapped twice to one joint refuse the map', () => {
    const map = ofMap({ rename: { joints: { x: 'x', y: 'x' } } });
    expect(() => bindMap({ a: robot(['x', 'y']) }, { a: robot(['x', 'y']) }, map)).toThrow(
      code('MAP_INVALID', /'x' and 'y' of 'a' are both mapped to 'x'/),
    );
  });
});

test('a robot that floats on one side and stands fixed on the other is refused', () => {
  expect(() => bindMap({ a: robot(['x'], { fixed_base: false }) }, { a: robot(['x']) })).toThrow(
    code('BASE_DIFFERS'),
  );
});

test('what floats is put by its root, which must be the same body; a fixed base may hang on another', () => {
  const bodies = { body_names: ['cart', 'base', 'x_link'], root_body: 'cart' };
  const floating = { fixed_base: false };
  expect(() =>
    bindMap({ a: robot(['x'], floating) }, { a: robot(['x'], { ...bodies, ...floating }) }),
  ).toThrow(code('MAP_INVALID', /the root of 'a' is 'base'.*that is 'cart'/));
  const fixed = bindMap({ a: robot(['x']) }, { a: robot(['x'], bodies) });
  expect(fixed.remarks.join()).toContain("hangs on 'cart'");
  const { a } = transferState(fixed, {
    entities: { a: { root_pos: f64([1, 2, 3], [1, 3]), joint_pos: f64([1], [1, 1]) } },
  }).entities;
  expect(Object.keys(a!)).toEqual(['joint_pos']);
});

test('a hinge is not mapped to a slide, and ball joints are refused', () => {
  expect(() => bindMap({ a: robot(['x']) }, { a: robot(['x'], { joint_types: ['slide'] }) })).toThrow(
    code('MAP_INVALID'),
  );
  expect(() => bindMap({ a: robot(['x'], { joint_types: ['ball'] }) }, { a: robot(['x']) })).toThrow(
    code('UNSUPPORTED', /ball joint/),
  );
});

describe('a state', () => {
  const map = ofMap({ sign: { x: -1 }, scale: { y: 2 }, offset: { x: 0.5 } });
  const bound = bindMap({ a: robot(['x', 'y']) }, { b: robot(['y', 'x']) }, map);

  test('gets order, signs, scales and offsets; velocities get no offset', () => {
    const { b } = transferState(bound, {
      entities: { a: { joint_pos: f64([1, 3], [1, 2]), joint_vel: f64([1, 3], [1, 2]) } },
    }).entities;
    expect([...b!.joint_pos!.data]).toEqual([6, -0.5]);
    expect([...b!.joint_vel!.data]).toEqual([6, -1]);
  });

  test('keeps its dtype, its rows and what it lacks', () => {
    const { b } = transferState(bound, {
      entities: { a: { joint_pos: f32([1, 3, 2, 4], [2, 2]) } },
    }).entities;
    expect(b).toEqual({ joint_pos: f32([6, -0.5, 8, -1.5], [2, 2]) });
  });

  test('comes back as it was', () => {
    const state = {
      entities: { a: { joint_pos: f64([0.3, -0.7], [1, 2]), joint_vel: f64([0, 2], [1, 2]) } },
    };
    const back = transferBack(bound, transferState(bound, state)).entities.a!;
    toNumbers(back.joint_pos!).forEach((q, i) => expect(q).toBeCloseTo([0.3, -0.7][i]!, 12));
    expect([...back.joint_vel!.data]).toEqual([0, 2]);
  });

  test('of the wrong width, or with a quaternion that is none, is BAD_STATE', () => {
    expect(() => transferState(bound, { entities: { a: { joint_pos: f64([1], [1, 1]) } } })).toThrow(
      code('BAD_STATE', /\[rows, 2\]: x, y/),
    );
    expect(() =>
      transferState(bound, { entities: { a: { root_quat: f64([0.5, 0, 0, 0], [1, 4]) } } }),
    ).toThrow(code('BAD_STATE', /norm 0.5000/));
    expect(() => transferState(bound, { entities: { aa: {} } })).toThrow(code('BAD_STATE', /'aa'/));
  });

  test('without a joint that the model has lets it follow its equality, else rest', () => {
    const to = robot(['x', 'finger', 'lid'], {
      joint_rest: [0.1, 0.2, 0.7],
      joint_mimics: [{ joint: 'finger', leader: 'x', coefficients: [0, 2, 1, 0, 0] }],
    });
    const following = bindMap({ a: robot(['x']) }, { a: to });
    const { a } = transferState(following, {
      entities: { a: { joint_pos: f64([1.1], [1, 1]), joint_vel: f64([3], [1, 1]) } },
    }).entities;
    // x is 1 from its rest: 0.2 + 2·1 + 1·1², at 3 · (2 + 2·1)
    expect(Array.from(toNumbers(a!.joint_pos!), (q) => Number(q.toFixed(9)))).toEqual([1.1, 3.2, 0.7]);
    expect(Array.from(toNumbers(a!.joint_vel!), (q) => Number(q.toFixed(9)))).toEqual([3, 12, 0]);
    expect(following.remarks.join()).toMatch(/'finger'.*follows 'x'.*'lid'.*rests/);
  });

  test('shows the bodies that both sides have, in the order of the side that it comes from', () => {
    const two = bindMap(
      { a: robot(['x', 'y'], { body_names: ['base', 'y_link', 'foot', 'x_link'] }) },
      { a: robot(['x', 'y']) },
    );
    expect(presentEntities(two).a!.body_names).toEqual(['base', 'y_link', 'x_link']);
    const back = transferBack(two, {
      entities: { a: { body_pos: f64([0, 0, 0, 1, 1, 1, 2, 2, 2], [1, 3, 3]) } },
    });
    expect([...back.entities.a!.body_pos!.data]).toEqual([0, 0, 0, 2, 2, 2, 1, 1, 1]);
  });
});

describe('a map', () => {
  test('turned round does the opposite', () => {
    const map = robotMap({
      rename: { joints: { x: 'u' } },
      sign: { x: -1 },
      scale: { x: 4 },
      offset: { x: 1 },
      actions: { hold: { gripper: 1 } },
    });
    const turned = turnMap(map, { a: robot(['x']) }, { b: robot(['u']) });
    expect(turned).toMatchObject({
      rename: { joints: { u: 'x' } },
      scale: { 'b/u': -0.25 },
      offset: { 'b/u': 0.25 },
    });
    expect(turned.actions.hold, 'a term of the side that now commands').toEqual({});
  });

  test('is turned round by itself where its names are on the other sides', () => {
    const map = ofMap({ rename: { joints: { panda_a: 'one', panda_b: 'two' } } });
    const there = bindMap({ r: robot(['panda_a', 'panda_b']) }, { r: robot(['two', 'one']) }, map);
    const back = bindMap({ r: robot(['two', 'one']) }, { r: robot(['panda_a', 'panda_b']) }, map);
    expect([...there.pairs[0]!.there.source]).toEqual([1, 0]);
    expect([...back.pairs[0]!.there.source]).toEqual([1, 0]);
  });

  test('that is turned round by itself keeps the signs of joints that need no renaming', () => {
    const [isaac, menagerie] = [
      { robot: robot(['panda_joint1', 'panda_joint2']) },
      { arm: robot(['joint2', 'joint1']) },
    ];
    const map = ofMap({
      rename: { bodies: { panda_joint1_link: 'joint1_link' } },
      sign: { panda_joint1: -1 },
      offset: { 'robot/panda_joint1': 0.5, panda_joint2: 0.25 },
    });
    const state = { entities: { robot: { joint_pos: f64([0.3, 0.1], [1, 2]) } } };
    const there = transferState(bindMap(isaac, menagerie, map), state);
    expect([...there.entities.arm!.joint_pos!.data]).toEqual([0.35, 0.2]);
    const back = transferState(bindMap(menagerie, isaac, map), there).entities.robot!.joint_pos!.data;
    expect(back[0]).toBeCloseTo(0.3, 12);
    expect(back[1]).toBeCloseTo(0.1, 12);
  });

  test('has the same hash for the same pairing, whatever it is called', () => {
    const [one, other] = ['auto', 'a.yaml'].map((name) =>
      summarizeMap(bindMap({ a: robot(['x', 'y']) }, { a: robot(['y', 'x']) }, { name, map: robotMap({}) })),
    );
    expect(one!.hash).toBe(other!.hash);
    expect(one!.entities).toEqual({ a: { to: 'a', joints: [1, 0], bodies: [0, 2, 1] } });
    const changed = summarizeMap(bindMap({ a: robot(['x', 'y']) }, { a: robot(['x', 'y']) }));
    expect(changed.hash).not.toBe(one!.hash);
  });
});

describe('a map file', () => {
  function write(text: string): string {
    writeFileSync(path.join(folder, 'map.yaml'), text);
    return 'map.yaml';
  }

  test('with a key that nothing reads says where, and what was meant', () => {
    expect(() => findMap(write('version: 1\nrenaim: {}\n'), folder)).toThrow(
      expect.objectContaining({
        code: 'UNKNOWN_KEY',
        message: expect.stringMatching(/map\.yaml:2:1/),
        suggestions: [expect.stringContaining('rename')],
      }),
    );
  });

  test('with a wrong value says where', () => {
    expect(() => findMap(write('version: 1\nsign:\n  x: 2\n'), folder)).toThrow(
      code('CONFIG_INVALID', /map\.yaml:3:6/),
    );
  });

  test('with a joint that no side has says where, and which was meant', () => {
    const map = findMap(write('version: 1\nsign:\n  elbov: -1\n'), folder)!;
    expect(() => bindMap({ a: robot(['elbow']) }, { a: robot(['elbow']) }, map)).toThrow(
      expect.objectContaining({
        code: 'MAP_INVALID',
        message: expect.stringMatching(/map\.yaml:3:/),
        suggestions: ["did you mean 'elbow'?"],
      }),
    );
  });

  test('that is not there is FILE_NOT_FOUND, and an unknown map of farsim’s lists those that there are', () => {
    expect(() => findMap('./none.yaml', folder)).toThrow(code('FILE_NOT_FOUND'));
    expect(() => findMap('builtin:frank', folder)).toThrow(
      code('CONFIG_INVALID', /builtin:franka, builtin:go2, builtin:g1/),
    );
  });
});
