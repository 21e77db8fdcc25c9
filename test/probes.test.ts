import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import {
  createCounter,
  f64,
  FarsimError,
  openPipeline,
  probeClose,
  probeSimulator,
  type EntityState,
  type ProbeReport,
  type Simulator,
} from '@farsim/core';
import { collectModelFiles, openMujoco } from '@farsim/sim-mujoco';
import { describe, expect, test } from 'vitest';
import { autoresettingCounter } from './probes/autoresetting-counter.ts';
import { faults, xyzw } from './probes/faults.ts';
import { wrapSimulator } from './probes/wrapped-simulator.ts';

const flier = path.join(import.meta.dirname, '../plugins/sim-mujoco/test/models/flier.xml');
const arm = path.join(import.meta.dirname, '../cli/demo/arm.xml');

async function open(file: string, envs: number): Promise<Simulator> {
  return openMujoco({
    model: await collectModelFiles(file),
    envs,
    stepDt: 0.02,
    camera: { width: 96, height: 72 },
  });
}

async function probe(simulator: Simulator): Promise<ProbeReport> {
  const openTwin = async (): Promise<Simulator> =>
    openMujoco({ model: await simulator.model!(), follow: simulator.spec.entities });
  return probeSimulator(simulator, { openTwin });
}

function outcomes({ results }: ProbeReport): Record<string, string> {
  return Object.fromEntries(
    results.map(({ probe, outcome, said }) => [probe, outcome === 'failed' ? said : outcome]),
  );
}

describe('a healthy simulator', () => {
  test('with floating roots passes every probe that there is something for', async () => {
    await using simulator = await open(flier, 3);
    expect(outcomes(await probe(simulator))).toEqual({
      names: 'passed',
      reading: 'passed',
      'set and get': 'passed',
      bodies: 'passed',
      quaternion: 'passed',
      velocity: 'passed',
      kinematics: 'passed',
      finite: 'passed',
      seed: 'passed',
      'partial reset': 'passed',
      pictures: 'passed',
      'final state': 'not applicable',
    });
  });

  test('on a fixed base passes by its hinges, and by the free cube beside it', async () => {
    await using simulator = await open(arm, 2);
    expect(outcomes(await probe(simulator))).toMatchObject({
      quaternion: 'passed',
      velocity: 'passed',
      kinematics: 'passed',
    });
  });
});

test('a root that begins in a wall, with a joint past its limit, is probed where it is free', async () => {
  const model = `<mujoco>
    <worldbody>
      <geom type="plane" size="9 9 1" zaxis="0 1 0"/>
      <body name="hull" pos="0 0 1">
        <freejoint/>
        <geom type="box" size="0.2 0.1 0.05" pos="0.1 0 0" mass="1"/>
        <body name="fin" pos="0.3 0 0">
          <joint name="fin" axis="0 1 0" range="30 90" limited="true"/>
          <geom type="capsule" fromto="0 0 0 0.2 0 0" size="0.02" mass="0.5"/>
        </body>
      </body>
    </worldbody>
  </mujoco>`;
  const files = new Map([['wall.xml', new TextEncoder().encode(model)]]);
  await using simulator = await openMujoco({ model: { entry: 'wall.xml', files }, stepDt: 0.02 });
  const velocity = (await probe(simulator)).results.find((result) => result.probe === 'velocity')!;
  expect(velocity, velocity.said).toMatchObject({ outcome: 'passed' });
  expect(velocity.figure).toBeLessThan(0.01);
});

describe('a far simulator', () => {
  const python = process.env.FARSIM_TEST_PYTHON ?? 'python3';
  test.each([
    [{ use: 'counter', envs: 3 }, ['set and get', 'partial reset']],
    [{ use: 'mujoco-native', model: arm, envs: 2 }, ['quaternion', 'velocity', 'kinematics', 'pictures']],
    [
      { use: 'gymnasium', task: 'Humanoid-v5', envs: 2 },
      ['quaternion', 'velocity', 'kinematics', 'final state'],
    ],
  ])('passes what it can be asked: %j', async (section, passed) => {
    await using pipeline = await openPipeline({ version: 1, simulators: { plant: { python, ...section } } });
    const report = outcomes(await probe(pipeline.simulator('plant')));
    expect(report).toMatchObject(Object.fromEntries(passed.map((name) => [name, 'passed'])));
    expect(new Set(Object.values(report))).toEqual(new Set(['passed', 'not applicable']));
  });
});

test('a simulator is left as after a reset', async () => {
  await using simulator = await open(flier, 2);
  await simulator.reset();
  const fresh = await simulator.getState!();
  await probe(simulator);
  expect(await simulator.getState!()).toEqual(fresh);
  expect((await simulator.step(f64([0, 0], [2, 1]))).tick).toEqual(Uint32Array.of(1, 1));
});

test('the final state of an episode that a step ended is told from the next one’s start', async () => {
  for (const [finalIs, outcome] of [
    ['end', 'passed'],
    ['start', 'failed'],
  ] as const) {
    await using simulator = autoresettingCounter(finalIs);
    const { results } = await probeSimulator(simulator);
    expect(results.find((result) => result.probe === 'final state')).toMatchObject({ outcome });
  }
});

test('a close that takes longer than its grace is a failure', async () => {
  const counter = createCounter();
  const slow = wrapSimulator(counter, { calls: () => ({ [Symbol.asyncDispose]: () => delay(300) }) });
  expect(await probeClose(slow, 0.05)).toMatchObject({ outcome: 'failed', allowed: 0.05 });
  expect(await probeClose(counter, 0.05)).toMatchObject({ outcome: 'passed' });
});

test('a simulator that does not answer fails the probe that asked, and the rest is left out', async () => {
  await using counter = createCounter();
  const silent = wrapSimulator(counter, {
    calls: () => ({ step: () => new Promise<never>(() => undefined) }),
  });
  const { results } = await probeSimulator(silent, { seconds: 0.3 });
  const [names, reading, ...rest] = results;
  expect([names!.outcome, reading!.outcome, reading!.said]).toEqual([
    'passed',
    'failed',
    expect.stringMatching(/^DEADLINE_EXCEEDED/),
  ]);
  expect(new Set(rest.map(({ outcome }) => outcome))).toEqual(new Set(['not applicable']));
});

test('what a call throws is the finding of its probe, and the others go on', async () => {
  await using simulator = await open(flier, 1);
  const broken = wrapSimulator(simulator, {
    calls: () => ({
      render: () =>
        Promise.reject(new FarsimError('RENDER_FAILED', 'no display', { suggestions: ['set MUJOCO_GL'] })),
    }),
  });
  const { results } = await probeSimulator(broken);
  expect(results.filter(({ outcome }) => outcome === 'failed')).toMatchObject([
    { probe: 'pictures', said: 'RENDER_FAILED: no display', wayOut: 'set MUJOCO_GL' },
  ]);
});

describe('the probes catch', () => {
  test.each(['arm_base', 'cube'])('xyzw on a fixed base and in a single free body: %s', async (entity) => {
    const only =
      (change: (arrays: EntityState) => EntityState) =>
      (arrays: EntityState, name: string): EntityState =>
        name === entity ? change(arrays) : arrays;
    const wrapping = { set: only(xyzw.set), get: only(xyzw.get) };
    await using simulator = wrapSimulator(await open(arm, 1), wrapping);
    const found = (await probe(simulator)).results.find((result) => result.probe === 'quaternion')!;
    expect(found, found.said).toMatchObject({ outcome: 'failed', said: expect.stringContaining(entity) });
  });

  for (const [fault, { probe: name, wrapping }] of Object.entries(faults)) {
    test(fault, async () => {
      await using simulator = wrapSimulator(await open(flier, 3), wrapping);
      const found = (await probe(simulator)).results.find((result) => result.probe === name)!;
      expect(found, found.said).toMatchObject({ outcome: 'failed', wayOut: expect.stringMatching(/\w/) });
    });
  }
});
