import {
  invertQuaternion,
  multiplyQuaternions,
  robotMap,
  rotateVector,
  type ModelFiles,
  type NamedMap,
  type Quaternion,
  type Vector3,
} from '@farsim/core';
import type { Random } from './random.ts';

interface Pose {
  readonly pos: Vector3;
  readonly quat: Quaternion;
}

/** A link of the one robot: where it hangs, how its joint turns, and how the other robot has it. */
interface Link {
  readonly name: string;
  readonly parent: number;
  readonly place: Pose;
  readonly axis: Vector3;
  readonly type: 'hinge' | 'slide';
  /** The other's joint: q there = sign × q + offset. */
  readonly sign: 1 | -1;
  readonly offset: number;
  /** The other's link frame, as seen from this one's. */
  readonly frame: Pose;
}

/** One robot written twice, as two importers would: other names and orders, turned axes, moved zeros, other link frames. */
export interface RobotTwice {
  readonly one: ModelFiles;
  readonly other: ModelFiles;
  /** What is true of the two. */
  readonly map: NamedMap;
  /** Joints of the one; of each type at least two. */
  readonly joints: readonly { readonly name: string; readonly type: 'hinge' | 'slide' }[];
  readonly floating: boolean;
}

const still: Pose = { pos: [0, 0, 0], quat: [1, 0, 0, 0] };
const words = ['hip', 'knee', 'ankle', 'waist', 'elbow', 'wrist', 'thumb', 'neck'];

/** Draws a robot of eight joints with two things that fly beside it. */
export function drawRobot(random: Random): RobotTwice {
  const floating = random.chance(0.5);
  const links = words.map((name, i): Link => {
    const sliding = i % 4 === 3;
    return {
      name,
      parent: i === 0 ? -1 : random.integer(Math.max(-1, i - 3), i - 1),
      place: { pos: random.vector(0.3, 0.1), quat: random.quaternion() },
      axis: random.direction(),
      type: sliding ? 'slide' : 'hinge',
      sign: random.chance(0.5) ? 1 : -1,
      offset: random.chance(0.5) ? random.between(-0.5, 0.5) * (sliding ? 0.2 : 1) : 0,
      frame: random.chance(0.5) ? { pos: random.vector(0.1, 0.02), quat: random.quaternion() } : still,
    };
  });
  const turned = links.filter(({ sign }) => sign < 0).map(({ name }) => [`robot_${name}_joint`, -1 as const]);
  const moved = links.flatMap(({ name, offset }) =>
    offset === 0 ? [] : [[`robot_${name}_joint`, offset] as const],
  );
  return {
    one: model(oneText(links, floating)),
    other: model(otherText(links, floating, random)),
    map: {
      name: 'drawn',
      map: robotMap({
        sign: Object.fromEntries(turned) as Record<string, -1>,
        offset: Object.fromEntries(moved),
      }),
    },
    joints: links.map(({ name, type }) => ({ name: `robot_${name}_joint`, type })),
    floating,
  };
}

function model(text: string): ModelFiles {
  return { entry: 'robot.xml', files: new Map([['robot.xml', Buffer.from(text)]]) };
}

function oneText(links: readonly Link[], floating: boolean): string {
  const write = (i: number): string => {
    const { name, place, axis, type } = links[i]!;
    return `<body name="robot_${name}_link" ${pose(place)}>
<joint name="robot_${name}_joint" type="${type}" axis="${axis.join(' ')}"/><geom size=".02" pos=".01 .02 .03"/>
${childrenOf(links, i).map(write).join('\n')}</body>`;
  };
  const limbs = childrenOf(links, -1).map(write);
  return scene(
    `<body name="robot_base_link" pos="0 0 1">${floating ? '<freejoint/>' : ''}<geom size=".05" pos=".03 -.02 .01"/>${limbs.join('\n')}</body>`,
    ['red', 'blue'],
  );
}

/** Children in another order, frames moved, axes and zeros as the links say. */
function otherText(links: readonly Link[], floating: boolean, random: Random): string {
  const write = (i: number): string => {
    const { name, parent, place, axis, type, sign, offset, frame } = links[i]!;
    const above = parent < 0 ? still : links[parent]!.frame;
    // its zero is where the one's joint is at −offset / sign
    const zero = jointPose(axis, type, -offset / sign);
    const here = after(after(after(inverse(above), place), zero), frame);
    const back = inverse(frame);
    const turned = rotateVector(back.quat, axis).map((value) => sign * value);
    return `<body name="${name}" ${pose(here)}>
<joint name="${name}" type="${type}" axis="${turned.join(' ')}" pos="${back.pos.join(' ')}"/><geom size=".02"/>
${random.shuffled(childrenOf(links, i)).map(write).join('\n')}</body>`;
  };
  const limbs = random.shuffled(childrenOf(links, -1)).map(write);
  return scene(
    `<body name="base" pos="0 0 1">${floating ? '<freejoint/>' : ''}<geom size=".05"/>${limbs.join('\n')}</body>`,
    ['blue', 'red'],
    true,
  );
}

function scene(robot: string, things: readonly string[], thingsFirst = false): string {
  const bodies = things.map(
    (name, i) =>
      `<body name="${name}" pos="${2 + i} 0 1"><freejoint/><geom size=".05" pos="0 .04 ${i / 50}"/></body>`,
  );
  const all = thingsFirst ? [...bodies, robot] : [robot, ...bodies];
  return `<mujoco><compiler angle="radian"/><worldbody>${all.join('\n')}</worldbody></mujoco>`;
}

function childrenOf(links: readonly Link[], parent: number): number[] {
  return links.flatMap((link, i) => (link.parent === parent ? [i] : []));
}

function jointPose(axis: Vector3, type: 'hinge' | 'slide', q: number): Pose {
  if (type === 'slide')
    return { pos: axis.map((value) => value * q) as unknown as Vector3, quat: [1, 0, 0, 0] };
  const sine = Math.sin(q / 2);
  return { pos: [0, 0, 0], quat: [Math.cos(q / 2), axis[0] * sine, axis[1] * sine, axis[2] * sine] };
}

/** `b` seen from where `a` is seen from. */
function after(a: Pose, b: Pose): Pose {
  const moved = rotateVector(a.quat, b.pos);
  return {
    pos: [a.pos[0] + moved[0], a.pos[1] + moved[1], a.pos[2] + moved[2]],
    quat: multiplyQuaternions(a.quat, b.quat),
  };
}

function inverse({ pos, quat }: Pose): Pose {
  const back = invertQuaternion(quat);
  const [x, y, z] = rotateVector(back, pos);
  return { pos: [-x, -y, -z], quat: back };
}

function pose({ pos, quat }: Pose): string {
  return `pos="${pos.join(' ')}" quat="${quat.join(' ')}"`;
}
