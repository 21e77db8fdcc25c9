import assert from 'node:assert/strict';
import { takeRows, tensorsEqual } from '../model/tensor.ts';
import type { WorldSpec } from '../model/world-spec.ts';
import type { WorldState } from '../model/world-state.ts';
import type { ContractRule } from './contract.ts';
import { notFinite, variedAction } from './sample-actions.ts';
import { arraysOf, assertCode, bytesOfOutcome, numbers, type Rule } from './simulator-checks.ts';

const poseTolerance = 1e-6;

/** What holds for simulators whose state can be read, put back, or drawn. */
export function stateRules(rule: Rule): ContractRule[] {
  return [
    rule('the state has the spec’s entities, names and unit quaternions', async (simulator) => {
      if (!simulator.getState) return 'not offered';
      await simulator.reset({ seed: 1 });
      assertState(simulator.spec, await simulator.getState(), simulator.spec.num_envs);
    }),
    rule('a state that was read can be put back', async (simulator) => {
      if (!simulator.getState || !simulator.setState) return 'not offered';
      await simulator.reset({ seed: 1 });
      for (let step = 1; step <= 3; step++) await simulator.step(variedAction(simulator.spec, step));
      const state = await simulator.getState();
      for (let step = 4; step <= 6; step++) await simulator.step(variedAction(simulator.spec, step));
      await simulator.setState(state);
      assertNear(await simulator.getState(), state);
    }),
    rule('a state with a number that is not finite is BAD_STATE', async (simulator) => {
      if (!simulator.getState || !simulator.setState) return 'not offered';
      await simulator.reset();
      const state = await simulator.getState();
      const [entity] = Object.keys(state.entities);
      const [key] = Object.keys(state.entities[entity!]!);
      const spoiled = notFinite(state.entities[entity!]![key!]!);
      const wrong = { ...state, entities: { [entity!]: { [key!]: spoiled } } };
      await assertCode(() => simulator.setState!(wrong), 'BAD_STATE');
    }),
    rule('rows of the state come in the order asked for', async (simulator) => {
      if (!simulator.getState || simulator.spec.num_envs < 2) return 'not offered';
      await simulator.reset({ seed: 1 });
      await simulator.step(variedAction(simulator.spec, 1));
      const all = await simulator.getState();
      const rows = Int32Array.of(simulator.spec.num_envs - 1, 0);
      const some = await simulator.getState({ envs: rows });
      assert.deepEqual(some.envs, rows);
      for (const [entity, key, tensor] of arraysOf(all)) {
        assert.ok(
          tensorsEqual(some.entities[entity]![key]!, takeRows(tensor, rows)),
          `${entity}.${key} of envs ${rows.join()}`,
        );
      }
    }),
    rule('a snapshot is exact: the same actions after it give the same frames', async (simulator) => {
      if (!simulator.snapshot || !simulator.restore) return 'not offered';
      await simulator.reset({ seed: 1 });
      await simulator.step(variedAction(simulator.spec, 1));
      const snapshot = await simulator.snapshot();
      const first = await simulator.step(variedAction(simulator.spec, 2));
      await simulator.step(variedAction(simulator.spec, 3));
      await simulator.restore(snapshot);
      assert.deepEqual(
        bytesOfOutcome(await simulator.step(variedAction(simulator.spec, 2))),
        bytesOfOutcome(first),
      );
    }),
    rule('a picture has the size that was asked for', async (simulator) => {
      if (!simulator.render) return 'not offered';
      await simulator.reset();
      const images = await simulator.render({ width: 64, height: 48 });
      assert.equal(images.length, simulator.spec.num_envs);
      for (const { width, height, data } of images)
        assert.deepEqual([width, height, data.length], [64, 48, 64 * 48 * 3]);
    }),
    rule('every visible shape hangs on a body that the spec names, or on the world', async (simulator) => {
      if (!simulator.visuals) return 'not offered';
      const bodies = Object.entries(simulator.spec.entities).flatMap(([entity, { body_names: names }]) =>
        names.map((body) => `${entity}/${body}`),
      );
      for (const { body, quat } of (await simulator.visuals()).shapes) {
        assert.ok(body === 'world' || bodies.includes(body), `a shape hangs on ${body}`);
        assert.ok(
          Math.abs(Math.hypot(...quat) - 1) < poseTolerance,
          `a shape of ${body} has no unit quaternion`,
        );
      }
    }),
    rule('the model’s entry is one of its files', async (simulator) => {
      if (!simulator.model) return 'not offered';
      const { entry, files } = await simulator.model();
      assert.ok(files.has(entry), `${entry} is not among ${[...files.keys()].join(', ')}`);
    }),
  ];
}

function assertState(spec: WorldSpec, state: WorldState, rows: number): void {
  assert.deepEqual(
    Object.keys(state.entities).toSorted(),
    Object.keys(spec.entities).toSorted(),
    'entities of the state',
  );
  for (const [name, entity] of Object.entries(spec.entities)) {
    const { root_quat: quat, joint_pos: joints, joint_vel: speeds } = state.entities[name]!;
    for (const array of [joints, speeds]) {
      if (array) assert.deepEqual(array.shape, [rows, entity.joint_names.length], `${name}: joints`);
    }
    for (let row = 0; quat && row < rows; row++) {
      const norm = Math.hypot(...numbers(quat).slice(4 * row, 4 * row + 4));
      assert.ok(Math.abs(norm - 1) < 1e-4, `${name}: quaternion of norm ${norm}`);
    }
  }
}

function assertNear(actual: WorldState, expected: WorldState): void {
  for (const [entity, key, tensor] of arraysOf(expected)) {
    if (key === 'joint_pos_target') continue;
    const other = actual.entities[entity]?.[key];
    assert.ok(other, `${entity}.${key} is missing after it was put back`);
    const sign = key.endsWith('quat') ? signsToMatch(numbers(other), numbers(tensor)) : undefined;
    numbers(tensor).forEach((value, i) => {
      const back = numbers(other)[i]! * (sign?.[Math.floor(i / 4)] ?? 1);
      assert.ok(
        Math.abs(back - value) <= poseTolerance * Math.max(1, Math.abs(value)),
        `${entity}.${key}[${i}]: ${back}, was ${value}`,
      );
    });
  }
}

/** q and −q are one rotation. */
function signsToMatch(a: readonly number[], b: readonly number[]): number[] {
  return Array.from({ length: a.length / 4 }, (_, q) => {
    const dot = [0, 1, 2, 3].reduce((sum, i) => sum + a[4 * q + i]! * b[4 * q + i]!, 0);
    return dot < 0 ? -1 : 1;
  });
}
