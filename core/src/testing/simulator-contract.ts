import assert from 'node:assert/strict';
import type { Action, Frame } from '../model/frame.ts';
import { isFarsimError } from '../model/errors.ts';
import type { ErrorCode } from '../model/error-codes.ts';
import { elementCount, takeRows, tensorBytes, tensorsEqual, type Tensor } from '../model/tensor.ts';
import { flattenTree } from '../model/tree.ts';
import type { Capability, WorldSpec } from '../model/world-spec.ts';
import type { WorldState } from '../model/world-state.ts';
import type { Simulator } from '../ports/simulator.ts';
import { actionElements, buildAction, clampTo } from '../rollout/action-space.ts';
import type { ContractRule } from './contract.ts';

const poseTolerance = 1e-6;

/**
 * The rules of a simulator, each checked on one that `open` gives anew. Rules about a capability are checked where the spec
 * lists it or the method is there, and hold for every other simulator by having nothing to say.
 */
export function simulatorContract(open: () => Promise<Simulator>): ContractRule[] {
  const rule = (fact: string, run: (simulator: Simulator) => Promise<void>): ContractRule => ({
    fact,
    check: async () => {
      await using simulator = await open();
      await run(simulator);
    },
  });
  return [...episodeRules(rule), ...actionRules(rule), ...stateRules(rule), ...lifetimeRules(rule, open)];
}

type Rule = (fact: string, run: (simulator: Simulator) => Promise<void>) => ContractRule;

function episodeRules(rule: Rule): ContractRule[] {
  return [
    rule('a reset begins an episode: tick 0, time 0, reward 0, nothing ended', async (simulator) => {
      const frame = await simulator.reset({ seed: 1 });
      const { num_envs: n } = simulator.spec;
      assert.deepEqual(frame.envs, allEnvs(simulator.spec), 'a reset of all must give all envs in order');
      assert.deepEqual(frame.tick, new Uint32Array(n));
      assert.deepEqual(frame.time, new Float64Array(n));
      assert.deepEqual(
        numbers(frame.reward),
        Array.from({ length: n }, () => 0),
      );
      assert.ok(
        !frame.terminated.includes(1) && !frame.truncated.includes(1),
        'a reset must not end an episode',
      );
    }),
    rule('a step is one control step: tick counts up and time is tick × step_dt', async (simulator) => {
      const first = await simulator.reset({ seed: 1 });
      const frame = await simulator.step(middleAction(simulator.spec));
      assert.deepEqual(
        frame.tick,
        first.tick.map(() => 1),
      );
      for (const time of frame.time) assert.equal(time, simulator.spec.step_dt);
      assert.deepEqual(frame.episode, first.episode);
    }),
    rule('another reset begins another episode', async (simulator) => {
      const first = await simulator.reset();
      await simulator.step(middleAction(simulator.spec));
      const second = await simulator.reset();
      assert.deepEqual(
        second.episode,
        first.episode.map((episode) => episode + 1),
      );
      assert.deepEqual(second.tick, new Uint32Array(second.tick.length));
    }),
    rule('frames have the shapes and dtypes that the spec says', async (simulator) => {
      const { spec } = simulator;
      for (const frame of [await simulator.reset(), await simulator.step(middleAction(spec))])
        assertShapes(spec, frame);
    }),
    rule('a frame’s arrays are never reused', async (simulator) => {
      const action = middleAction(simulator.spec);
      await simulator.reset({ seed: 1, ...wantState(simulator) });
      const frame = await simulator.step(action);
      const before = bytesOfFrame(frame);
      for (let i = 0; i < 3; i++) await simulator.step(action);
      assert.deepEqual(bytesOfFrame(frame), before, 'a later step changed an earlier frame');
    }),
    rule('calls made without waiting take effect in the order made', async (simulator) => {
      const action = middleAction(simulator.spec);
      const calls = [
        simulator.reset({ seed: 1 }),
        simulator.step(action),
        simulator.step(action),
        simulator.step(action),
      ];
      const ticks = (await Promise.all(calls)).map(({ tick }) => tick[0]);
      assert.deepEqual(ticks, [0, 1, 2, 3]);
    }),
    rule(
      'the same seed and actions give the same episode where the simulator is deterministic',
      async (simulator) => {
        if (!can(simulator, 'deterministic')) return;
        const play = async (): Promise<Buffer> => {
          const frames = [await simulator.reset({ seed: 7, ...wantState(simulator) })];
          for (let step = 1; step <= 5; step++)
            frames.push(await simulator.step(variedAction(simulator.spec, step)));
          return Buffer.concat(frames.map(bytesOfFrame));
        };
        assert.deepEqual(await play(), await play());
      },
    ),
    rule('an env subset is reset alone', async (simulator) => {
      if (!can(simulator, 'partialReset') || simulator.spec.num_envs < 2) return;
      await simulator.reset();
      await simulator.step(middleAction(simulator.spec));
      const last = simulator.spec.num_envs - 1;
      const frame = await simulator.reset({ envs: Int32Array.of(last) });
      assert.deepEqual(frame.envs, Int32Array.of(last));
      assert.deepEqual(frame.tick, Uint32Array.of(0));
      const next = await simulator.step(middleAction(simulator.spec));
      assert.deepEqual([next.tick[0], next.tick[last]], [2, 1], 'the other envs must go on');
    }),
  ];
}

function actionRules(rule: Rule): ContractRule[] {
  return [
    rule(
      'a wrong shape, an unknown name and a number that is not finite are BAD_ACTION, and nothing is stepped',
      async (simulator) => {
        const { spec } = simulator;
        await simulator.reset();
        const wrong: Action[] = [
          { no_such_action: middleLeaf(spec) },
          withLeaf(spec, longer),
          withLeaf(spec, notFinite),
        ];
        for (const action of wrong) await assertCode(() => simulator.step(action), 'BAD_ACTION');
        const frame = await simulator.step(middleAction(spec));
        assert.equal(frame.tick[0], 1, 'a refused action was stepped');
      },
    ),
    rule('repeat sums the rewards and counts the ticks', async (simulator) => {
      const action = middleAction(simulator.spec);
      if (!can(simulator, 'deterministic')) return;
      await simulator.reset({ seed: 3 });
      let sum = 0;
      for (let step = 0; step < 3; step++) sum += numbers((await simulator.step(action)).reward)[0]!;
      await simulator.reset({ seed: 3 });
      const frame = await simulator.step(action, { repeat: 3 });
      assert.equal(frame.tick[0], 3);
      assert.ok(
        Math.abs(numbers(frame.reward)[0]! - sum) <= 1e-6 * Math.max(1, Math.abs(sum)),
        'repeat must sum the rewards',
      );
    }),
    rule('several steps in one call are the same as one after another', async (simulator) => {
      if (!simulator.stepMany || !can(simulator, 'deterministic')) return;
      const actions = [1, 2, 3].map((step) => variedAction(simulator.spec, step));
      await simulator.reset({ seed: 5 });
      const single: Frame[] = [];
      for (const action of actions) single.push(await simulator.step(action));
      await simulator.reset({ seed: 5 });
      const many = await simulator.stepMany(actions);
      assert.deepEqual(many.map(bytesOfOutcome), single.map(bytesOfOutcome));
    }),
  ];
}

function stateRules(rule: Rule): ContractRule[] {
  return [
    rule('the state has the spec’s entities, names and unit quaternions', async (simulator) => {
      if (!simulator.getState) return;
      await simulator.reset({ seed: 1 });
      assertState(simulator.spec, await simulator.getState(), simulator.spec.num_envs);
    }),
    rule('a state that was read can be put back', async (simulator) => {
      if (!simulator.getState || !simulator.setState) return;
      await simulator.reset({ seed: 1 });
      for (let step = 1; step <= 3; step++) await simulator.step(variedAction(simulator.spec, step));
      const state = await simulator.getState();
      for (let step = 4; step <= 6; step++) await simulator.step(variedAction(simulator.spec, step));
      await simulator.setState(state);
      assertNear(await simulator.getState(), state);
    }),
    rule('a state with a number that is not finite is BAD_STATE', async (simulator) => {
      if (!simulator.getState || !simulator.setState) return;
      await simulator.reset();
      const state = await simulator.getState();
      const [entity] = Object.keys(state.entities);
      const [key] = Object.keys(state.entities[entity!]!);
      const spoiled = notFinite(state.entities[entity!]![key!]!);
      const wrong = { ...state, entities: { [entity!]: { [key!]: spoiled } } };
      await assertCode(() => simulator.setState!(wrong), 'BAD_STATE');
    }),
    rule('rows of the state come in the order asked for', async (simulator) => {
      if (!simulator.getState || simulator.spec.num_envs < 2) return;
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
      if (!simulator.snapshot || !simulator.restore) return;
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
      if (!simulator.render) return;
      await simulator.reset();
      const images = await simulator.render({ width: 64, height: 48 });
      assert.equal(images.length, simulator.spec.num_envs);
      for (const { width, height, data } of images)
        assert.deepEqual([width, height, data.length], [64, 48, 64 * 48 * 3]);
    }),
    rule('the model’s entry is one of its files', async (simulator) => {
      if (!simulator.model) return;
      const { entry, files } = await simulator.model();
      assert.ok(files.has(entry), `${entry} is not among ${[...files.keys()].join(', ')}`);
    }),
  ];
}

function lifetimeRules(rule: Rule, open: () => Promise<Simulator>): ContractRule[] {
  return [
    rule('closing twice is fine', async (simulator) => {
      await simulator[Symbol.asyncDispose]();
    }),
    {
      fact: 'calls after the close are CLOSED',
      check: async () => {
        const simulator = await open();
        await simulator[Symbol.asyncDispose]();
        await assertCode(() => simulator.reset(), 'CLOSED');
        await assertCode(() => simulator.step(middleAction(simulator.spec)), 'CLOSED');
      },
    },
  ];
}

function can(simulator: Simulator, capability: Capability): boolean {
  return simulator.spec.capabilities.includes(capability);
}

function wantState(simulator: Simulator): { want?: { state: true } } {
  return simulator.getState ? { want: { state: true } } : {};
}

function allEnvs(spec: WorldSpec): Int32Array {
  return Int32Array.from({ length: spec.num_envs }, (_, env) => env);
}

/** Zeros, or the nearest that is allowed. */
function middleAction(spec: WorldSpec): Action {
  const elements = actionElements(spec);
  return buildAction(spec, spec.num_envs, (_, i) => clampTo(elements[i]!, 0));
}

/** Small numbers that differ by step and element. */
function variedAction(spec: WorldSpec, step: number): Action {
  const elements = actionElements(spec);
  return buildAction(spec, spec.num_envs, (row, i) =>
    clampTo(elements[i]!, Math.sin(step + 2 * i + 3 * row) / 4),
  );
}

function middleLeaf(spec: WorldSpec): Tensor {
  return flattenTree('', middleAction(spec))[0]![1];
}

/** The middle action with its first leaf changed. */
function withLeaf(spec: WorldSpec, change: (leaf: Tensor) => Tensor): Action {
  const action = middleAction(spec);
  let changed = false;
  const walk = (node: Action): Action => {
    if (changed) return node;
    if ('data' in node && 'dtype' in node) {
      changed = true;
      return change(node as Tensor);
    }
    return Object.fromEntries(Object.entries(node).map(([name, branch]) => [name, walk(branch as Action)]));
  };
  return walk(action);
}

function longer({ shape, dtype }: Tensor): Tensor {
  const wrong = [...shape, 2];
  const data = new Float64Array(elementCount(wrong));
  return { dtype: dtype === 'f64' ? dtype : 'f64', shape: wrong, data };
}

function notFinite({ shape }: Tensor): Tensor {
  return { dtype: 'f64', shape, data: new Float64Array(elementCount(shape)).fill(NaN) };
}

async function assertCode(call: () => Promise<unknown>, code: ErrorCode): Promise<void> {
  let thrown: unknown;
  try {
    await call();
  } catch (error) {
    thrown = error;
  }
  assert.ok(
    isFarsimError(thrown),
    `must throw ${code}, ${thrown === undefined ? 'threw nothing' : `threw ${(thrown as Error).message}`}`,
  );
  assert.equal(thrown.code, code, thrown.message);
}

function assertShapes(spec: WorldSpec, frame: Frame): void {
  const n = frame.envs.length;
  const spaces = new Map(Object.entries(spec.observations));
  for (const [path, { dtype, shape }] of flattenTree('', frame.observations)) {
    const space = spaces.get(path.replace(/^\//, ''));
    assert.ok(space, `observation '${path}' is not in the spec`);
    assert.deepEqual(
      { dtype, shape },
      { dtype: space.dtype, shape: [n, ...space.shape] },
      `observation '${path}'`,
    );
  }
  for (const rows of [frame.tick, frame.time, frame.episode, frame.terminated, frame.truncated])
    assert.equal(rows.length, n);
  assert.deepEqual(frame.reward.shape, [n], 'reward');
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

function* arraysOf(state: WorldState): Generator<[entity: string, key: string, tensor: Tensor]> {
  for (const [entity, arrays] of Object.entries(state.entities)) {
    for (const [key, tensor] of Object.entries(arrays)) if (tensor) yield [entity, key, tensor];
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

function numbers(tensor: Tensor): number[] {
  return Array.from(tensor.data as ArrayLike<number>, Number);
}

function bytesOfFrame(frame: Frame): Buffer {
  const state = frame.state ? [...arraysOf(frame.state)].map(([, , tensor]) => tensorBytes(tensor)) : [];
  return Buffer.concat([bytesOfOutcome(frame), ...state]);
}

function bytesOfOutcome(frame: Frame): Buffer {
  const observations = flattenTree('obs', frame.observations).map(([, tensor]) => tensorBytes(tensor));
  return Buffer.concat([
    ...observations,
    tensorBytes(frame.reward),
    frame.terminated,
    frame.truncated,
    Buffer.from(frame.tick.join()),
  ]);
}
