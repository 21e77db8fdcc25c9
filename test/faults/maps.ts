import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { f64, type EntityState, type NamedMap, type RobotMap, type WorldState } from '@farsim/core';
import { comparePoses, openTwice, type OpenTwice } from '../mapping/compare-poses.ts';
import { drawRobot, type RobotTwice } from '../mapping/random-robot.ts';
import { Random } from '../mapping/random.ts';
import type { FaultOutcome, FaultRow } from './fault-row.ts';

const posesOfRobot = 2_500;
const posesOfFault = 6;
const tolerance = { position: 1e-4, rotation: 1e-3 };

/** R20: one robot in two simulators, every fault of its map by turns. */
export const maps: readonly FaultRow[] = [
  {
    id: 'R20',
    fault: 'random poses of random robots through every order and map, on MuJoCo; each single fault of a map',
    full: 100_000,
    quick: 400,
    run: posesThroughMaps,
  },
];

async function posesThroughMaps(count: number): Promise<FaultOutcome> {
  const cache = await mkdtemp(path.join(os.tmpdir(), 'farsim-maps-'));
  const robots = Math.max(8, Math.ceil(count / posesOfRobot));
  const failures: string[] = [];
  let [passed, worst, mildest] = [0, 0, Infinity];
  try {
    for (let seed = 0; seed < robots; seed++) {
      const random = new Random(seed);
      const robot = drawRobot(random);
      await using twice = await openTwice(robot, cache);
      const poses = Math.floor(count / robots) + (seed < count % robots ? 1 : 0);
      const { movingPosition, movingRotation } = (
        await comparePoses(twice, robot.map, random, poses)
      ).report()[0]!;
      worst = Math.max(worst, movingPosition, movingRotation);
      if (movingPosition < 1e-9 && movingRotation < 1e-7) passed += poses;
      else failures.push(`robot ${seed}: the right map leaves ${movingPosition} m, ${movingRotation} rad`);
      for (const [fault, found] of await faultsOf(twice, robot, random)) {
        mildest = Math.min(mildest, found);
        if (found === 0) failures.push(`robot ${seed}: ${fault} was accepted`);
      }
    }
  } finally {
    await rm(cache, { recursive: true, force: true });
  }
  return {
    passed: failures.length === 0 ? passed : 0,
    failures,
    figure: `${robots} robots: the right map leaves ${worst.toExponential(1)} m or rad, the mildest fault ${mildest.toExponential(1)}`,
  };
}

/** How far the worst body is off for each fault; 0 where it was accepted. */
async function faultsOf(
  twice: OpenTwice,
  robot: RobotTwice,
  random: Random,
): Promise<[fault: string, found: number][]> {
  const faults: [string, NamedMap, ((state: WorldState) => WorldState)?][] = [
    [
      'a wrong sign',
      changed(robot, (map, name) => ({
        ...map,
        sign: { ...map.sign, [name]: map.sign[name] === -1 ? 1 : -1 },
      })),
    ],
    ['two joints exchanged', exchanged(robot)],
    ['all joints in the reverse order', { ...robot.map }, reversed],
  ];
  if (robot.floating) faults.push(['a robot’s quaternion as xyzw', robot.map, xyzw('robot_base_link')]);
  faults.push(['a thing’s quaternion as xyzw', robot.map, xyzw('red')]);
  const found: [string, number][] = [];
  for (const [fault, map, spoil] of faults) {
    const residual = await comparePoses(twice, map, random, posesOfFault, spoil);
    const [past] = residual.past(tolerance);
    found.push([fault, past ? Math.max(past.movingPosition, past.movingRotation) : 0]);
  }
  return found;
}

function changed(robot: RobotTwice, change: (map: RobotMap, joint: string) => RobotMap): NamedMap {
  return { ...robot.map, map: change(robot.map.map, robot.joints[0]!.name) };
}

function exchanged({ map, joints }: RobotTwice): NamedMap {
  const [a, b] = joints.filter(({ type }) => type === 'hinge').map(({ name }) => name) as [string, string];
  const there = (name: string): string => name.slice('robot_'.length, -'_joint'.length);
  return {
    ...map,
    map: { ...map.map, rename: { ...map.map.rename, joints: { [a]: there(b), [b]: there(a) } } },
  };
}

/** As a simulator that lists its joints in another order than it says. */
function reversed(state: WorldState): WorldState {
  const { robot_base_link: arrays, ...things } = state.entities;
  const positions = Array.from(arrays!.joint_pos!.data as Float64Array).toReversed();
  return {
    entities: { ...things, robot_base_link: { ...arrays, joint_pos: f64(positions, [1, positions.length]) } },
  };
}

function xyzw(entity: string): (state: WorldState) => WorldState {
  return (state) => {
    const arrays = state.entities[entity]!;
    const [w, x, y, z] = arrays.root_quat!.data as Float64Array;
    const turned: EntityState = { ...arrays, root_quat: f64([x!, y!, z!, w!], [1, 4]) };
    return { entities: { ...state.entities, [entity]: turned } };
  };
}
