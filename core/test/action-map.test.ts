import { expect, test } from 'vitest';
import { bindActions, mapActions } from '../src/mapping/action-map.ts';
import { bindMap } from '../src/mapping/bind-map.ts';
import { robotMap } from '../src/mapping/robot-map.ts';
import type { ActionTerm, EntitySpec, Space } from '../src/model/world-spec.ts';

const fingers = ['left', 'right'];
const hand: EntitySpec = {
  kind: 'articulation',
  fixed_base: true,
  root_body: 'palm',
  joint_names: fingers,
  joint_types: ['slide', 'slide'],
  joint_limits: [null, null],
  body_names: ['palm', ...fingers],
  root_com_offset: [0, 0, 0],
};
const map = bindMap({ hand }, { hand });

function space(width: number, term: Partial<ActionTerm>): Space {
  const whole = { name: 'grip', from: 0, to: width, entity: 'hand', joints: fingers, ...term } as ActionTerm;
  return { dtype: 'f32', shape: [width], terms: [whole] };
}

const targets = space(2, { kind: 'joint_position' });

test('a binary gripper whose fingers move against each other opens when they do', () => {
  const to = space(1, { kind: 'binary', open: [0.04, -0.04], close: [0, 0] });
  const bound = bindActions(map, { from: targets, to });
  expect([...mapActions(bound, [0.04, -0.04, 0, 0, 0.03, -0.02, 0.01, -0.02])]).toEqual([1, -1, 1, -1]);
});

test('a binary gripper that closes upwards is open below halfway', () => {
  const to = space(1, { kind: 'binary', open: [0, 0], close: [0.8, 0.8] });
  const bound = bindActions(map, { from: targets, to });
  expect([...mapActions(bound, [0, 0, 0.8, 0.8, 0.3, 0.3, 0.5, 0.5])]).toEqual([1, -1, 1, -1]);
});

test('a binary gripper that is open where it is closed is refused', () => {
  const to = space(1, { kind: 'binary', open: [0.04, 0], close: [0.04, 0] });
  expect(() => bindActions(map, { from: targets, to })).toThrow(
    expect.objectContaining({ code: 'MAP_INVALID' }) as Error,
  );
});

test('what a term holds back is held back on the other side too, whichever way its numbers go', () => {
  const from = space(2, {
    kind: 'joint_position',
    scale: [0.5, -2],
    offset: 1,
    clip: [
      [0.8, 1.2],
      [-1, 2],
    ],
  });
  const bound = bindActions(map, { from, to: targets });
  expect([...mapActions(bound, [3, 3, -3, -3, 0.2, 0.5])]).toEqual([1.2, -1, 0.8, 2, 1.1, 0]);
});

test('what a tendon holds back is held back of the joints that it takes along', () => {
  const from = space(1, {
    kind: 'tendon',
    weights: [0.5, 0.5],
    scale: 0.0002,
    offset: 0.01,
    clip: [[0.01, 0.061]],
  });
  const bound = bindActions(map, { from, to: targets });
  expect([...mapActions(bound, [255, 300, -9])].map((target) => Number(target.toFixed(6)))).toEqual([
    0.061, 0.061, 0.061, 0.061, 0.01, 0.01,
  ]);
});

test('a number that is scaled to nothing commands what its term holds back, and is 0 on the other side', () => {
  const stuck = space(2, { kind: 'joint_position', scale: [0, 1], offset: [2, 0], clip: [[-1, 1], null] });
  expect([...mapActions(bindActions(map, { from: stuck, to: targets }), [9, 0.5])]).toEqual([1, 0.5]);
  const back = bindActions(map, { from: targets, to: stuck });
  expect([...mapActions(back, [9, 0.5])]).toEqual([0, 0.5]);
  expect(back.remarks).toEqual(['nothing there is commanded by hand/left']);
});

test('what a map says of actions goes with its sides when it is turned round', () => {
  const other = { ...hand, joint_names: ['l', 'r'] };
  const terms = targets.terms!;
  const map = robotMap({
    rename: { joints: { left: 'l', right: 'r' } },
    actions: { from: [{ ...terms[0]!, name: 'ours' }], to: [{ ...terms[0]!, name: 'theirs' }] } as never,
  });
  const named = { name: 'hands', map };
  expect(bindMap({ hand }, { hand: other }, named).actions).toMatchObject({ from: [{ name: 'ours' }] });
  expect(bindMap({ hand: other }, { hand }, named).actions).toMatchObject({ from: [{ name: 'theirs' }] });
});
