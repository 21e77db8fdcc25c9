import { robotMap, type RobotMap } from './robot-map.ts';

// Isaac's USD names on the left, those of MuJoCo Menagerie and of the makers' own MJCF on the right

const frankaLinks = Array.from({ length: 8 }, (_, i) => [`panda_link${i}`, `link${i}`]);
const frankaJoints = Array.from({ length: 7 }, (_, i) => [`panda_joint${i + 1}`, `joint${i + 1}`]);

const franka = robotMap({
  rename: {
    joints: {
      ...(Object.fromEntries(frankaJoints) as Record<string, string>),
      panda_finger_joint1: 'finger_joint1',
      panda_finger_joint2: 'finger_joint2',
    },
    bodies: {
      ...(Object.fromEntries(frankaLinks) as Record<string, string>),
      panda_hand: 'hand',
      panda_leftfinger: 'left_finger',
      panda_rightfinger: 'right_finger',
    },
  },
  ignore: { bodies: ['panda_link8', 'panda_hand_tcp'] },
});

const legs = ['FL', 'FR', 'RL', 'RR'];
const go2Joints = legs.flatMap((leg) => ['hip', 'thigh', 'calf'].map((part) => `${leg}_${part}_joint`));

const go2 = robotMap({
  rename: {
    joints: same(go2Joints),
    bodies: {
      base: 'base_link',
      ...same(legs.flatMap((leg) => ['hip', 'thigh', 'calf', 'foot'].map((part) => `${leg}_${part}`))),
    },
  },
  ignore: { bodies: ['Head_upper', 'Head_lower', ...legs.map((leg) => `${leg}_foot`), 'imu', 'radar'] },
});

const g1Leg = ['hip_pitch', 'hip_roll', 'hip_yaw', 'knee', 'ankle_pitch', 'ankle_roll'];
const g1Arm = [
  'shoulder_pitch',
  'shoulder_roll',
  'shoulder_yaw',
  'elbow',
  'wrist_roll',
  'wrist_pitch',
  'wrist_yaw',
];
const g1Parts = [
  ...['left', 'right'].flatMap((side) => [...g1Leg, ...g1Arm].map((part) => `${side}_${part}`)),
  'waist_yaw',
  'waist_roll',
];

const g1 = robotMap({
  rename: {
    joints: same([...g1Parts, 'waist_pitch'].map((part) => `${part}_joint`)),
    bodies: same(['pelvis', 'torso_link', ...g1Parts.map((part) => `${part}_link`)]),
  },
  ignore: {
    bodies: [
      'head_link',
      'logo_link',
      'd435_link',
      'mid360_link',
      'pelvis_contour_link',
      'waist_support_link',
      'imu_link',
      'imu_in_pelvis',
      'imu_in_torso',
      ...['left', 'right'].flatMap((side) => [`${side}_rubber_hand`, `${side}_hand_palm_link`]),
    ],
  },
});

/** Maps that farsim brings, by the name after `builtin:`; they serve both directions. */
export const builtinMaps: Readonly<Record<string, RobotMap>> = { franka, go2, g1 };

function same(names: readonly string[]): Record<string, string> {
  return Object.fromEntries(names.map((name) => [name, name]));
}
