import assert from 'node:assert/strict';
import type { Action, Frame } from '../model/frame.ts';
import { flattenTree } from '../model/tree.ts';
import type { WorldSpec } from '../model/world-spec.ts';
import type { Simulator } from '../ports/simulator.ts';
import type { ContractRule, RuleAnswer } from './contract.ts';
import { longer, middleAction, middleLeaf, notFinite, variedAction, withLeaf } from './sample-actions.ts';
import { assertCode, bytesOfFrame, bytesOfOutcome, can, numbers, type Rule } from './simulator-checks.ts';
import { stateRules } from './simulator-state-rules.ts';

/**
 * The rules of a simulator, each checked on one that `open` gives anew. Rules about a capability are checked where the spec
 * lists it or the method is there, and hold for every other simulator by having nothing to say.
 */
export function simulatorContract(open: () => Promise<Simulator>): ContractRule[] {
  const rule = (fact: string, run: (simulator: Simulator) => Promise<RuleAnswer>): ContractRule => ({
    fact,
    check: async () => {
      await using simulator = await open();
      return await run(simulator);
    },
  });
  return [...episodeRules(rule), ...actionRules(rule), ...stateRules(rule), ...lifetimeRules(rule, open)];
}

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
        if (!can(simulator, 'deterministic')) return 'not offered';
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
      if (!can(simulator, 'partialReset') || simulator.spec.num_envs < 2) return 'not offered';
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
      'a wrong shape, an unknown name, bare numbers and a number that is not finite are BAD_ACTION, and nothing is stepped',
      async (simulator) => {
        const { spec } = simulator;
        await simulator.reset();
        const wrong: Action[] = [
          { no_such_action: middleLeaf(spec) },
          withLeaf(spec, longer),
          withLeaf(spec, notFinite),
          [0, 0] as unknown as Action,
          new Float64Array(2) as unknown as Action,
        ];
        for (const action of wrong) await assertCode(() => simulator.step(action), 'BAD_ACTION');
        const frame = await simulator.step(middleAction(spec));
        assert.equal(frame.tick[0], 1, 'a refused action was stepped');
      },
    ),
    rule('repeat sums the rewards and counts the ticks', async (simulator) => {
      const action = middleAction(simulator.spec);
      if (!can(simulator, 'deterministic')) return 'not offered';
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
      if (!simulator.stepMany || !can(simulator, 'deterministic')) return 'not offered';
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

function lifetimeRules(rule: Rule, open: () => Promise<Simulator>): ContractRule[] {
  return [
    {
      ...rule('closing twice is fine', async (simulator) => simulator[Symbol.asyncDispose]()),
      closes: true,
    },
    {
      fact: 'calls after the close are CLOSED',
      closes: true,
      check: async () => {
        const simulator = await open();
        await simulator[Symbol.asyncDispose]();
        await assertCode(() => simulator.reset(), 'CLOSED');
        await assertCode(() => simulator.step(middleAction(simulator.spec)), 'CLOSED');
      },
    },
  ];
}

function wantState(simulator: Simulator): { want?: { state: true } } {
  return simulator.getState ? { want: { state: true } } : {};
}

function allEnvs(spec: WorldSpec): Int32Array {
  return Int32Array.from({ length: spec.num_envs }, (_, env) => env);
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
