import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import {
  createKeyframesController,
  createRandomController,
  createSineController,
  createZeroController,
  flattenTree,
  toNumbers,
  type Controller,
  type Frame,
  type WorldSpec,
} from '@farsim/core';

const python = process.env.FARSIM_TEST_PYTHON ?? 'python3';
const program = `
import json, sys
from farsim.bridge.controllers.far_controllers import make_controller

order = json.load(sys.stdin)
made = []
for name, config in order["controllers"]:
    controller = make_controller(name, config, order["actions"])
    made.append([
        {named.name: [str(named.array.dtype), list(named.array.shape), named.array.reshape(-1).tolist()]
         for named in controller.act(times)}
        for times in order["times"]
    ])
print("actions", json.dumps(made))
`;

/** All that an action space may hold. */
const actions = {
  arm: { dtype: 'f64', shape: [2, 2], low: [-1, -2, -0.1, 0], high: [1, 3, 0.1, 1e6] },
  'base/force': { dtype: 'f32', shape: [3] },
  'base/half-open': { dtype: 'f32', shape: [2], low: 0.25 },
  gripper: { dtype: 'bool', shape: [1] },
  'half-told': {
    dtype: 'f32',
    shape: [2],
    low: [-2, -Number.MAX_VALUE],
    high: [2, Number.MAX_VALUE],
  },
  gear: { dtype: 'i64', shape: [], n: 5, start: -2 },
  level: { dtype: 'u8', shape: [2], low: 3, high: 17 },
  top: {
    dtype: 'f64',
    shape: [1],
    high: -3,
    terms: [{ name: 'lid', kind: 'position', from: 0, to: 1, entity: 'box', joints: ['hinge'] }],
  },
};
const spec = { actions, num_envs: 3 } as unknown as WorldSpec;
const times = Array.from({ length: 200 }, (_, i) =>
  [i * 0.05, i * i * 0.01, (i * 0.05) / 3].slice(0, 1 + (i % 3)),
);

const count = 16;
const keyframes = [
  { time: 0, values: Array.from({ length: count }, (_, i) => i / 7) },
  { time: 0.7, values: { lid: -4.1 } },
  { time: 1.3, values: Array.from({ length: count }, (_, i) => 3 - i / 3) },
  { time: 30, values: { 'box/hinge': -9, hinge: -9 } },
];

type Said = Record<string, readonly [string, readonly number[], readonly (number | boolean)[]]>;

async function actionsOf(controller: Controller): Promise<Record<string, number[]>[]> {
  await controller.begin!(spec, 0);
  const made = [];
  for (const time of times) {
    const frame = { envs: Int32Array.from(time.keys()), time: Float64Array.from(time) } as unknown as Frame;
    const leaves = flattenTree('action', (await controller.act(frame)) as never);
    made.push(Object.fromEntries(leaves.map(([name, tensor]) => [name, Array.from(toNumbers(tensor))])));
  }
  return made;
}

test('a far controller gives the numbers of the one here, to the last bit, in every kind of action space', async () => {
  const controllers: [string, object, Controller][] = [
    ['zero', {}, createZeroController()],
    ['random', { seed: 0 }, createRandomController({ seed: 0 })],
    ['random', { seed: 0xffffffff }, createRandomController({ seed: 0xffffffff })],
    ['keyframes', { keyframes }, createKeyframesController(keyframes)],
    ['sine', { amplitude: 0.7, frequency: 1.3 }, createSineController({ amplitude: 0.7, frequency: 1.3 })],
  ];
  const { stdout, stderr } = spawnSync(python, ['-c', program], {
    env: { ...process.env, PYTHONPATH: fileURLToPath(new URL('../python', import.meta.url)) },
    input: JSON.stringify({
      controllers: controllers.map(([name, config]) => [name, config]),
      actions,
      times,
    }),
    encoding: 'utf8',
  });
  const line = stdout.split('\n').find((said) => said.startsWith('actions '));
  if (line === undefined) throw new Error(stderr);
  const far = JSON.parse(line.slice('actions '.length)) as Said[][];
  for (const [i, [, , controller]] of controllers.entries()) {
    const near = await actionsOf(controller);
    const said = far[i]!.map((action) =>
      Object.fromEntries(Object.entries(action).map(([name, [, , values]]) => [name, values.map(Number)])),
    );
    expect(said).toEqual(near);
  }
  expect(far[0]![2]!['action/arm']!.slice(0, 2)).toEqual(['float64', [3, 2, 2]]);
  expect(far[0]![2]!['action/gear']!.slice(0, 2)).toEqual(['int64', [3]]);
});
