import { f64, type EntityState, type WorldSpec, type WorldState } from '@farsim/core';
import type { Random } from './random.ts';

/** A state of one env in which nothing is at rest: poses, velocities and joints drawn, quaternions of either sign. */
export function drawState({ entities }: WorldSpec, random: Random): WorldState {
  const draw = ({ joint_names: joints, fixed_base: fixed }: WorldSpec['entities'][string]): EntityState => ({
    ...(!fixed && {
      root_pos: f64(random.vector(2, 0.1), [1, 3]),
      root_quat: f64(random.quaternion(), [1, 4]),
      root_lin_vel: f64(random.vector(2, 0.1), [1, 3]),
      root_ang_vel: f64(random.vector(2, 0.1), [1, 3]),
    }),
    ...(joints.length > 0 && {
      joint_pos: f64(
        joints.map(() => random.between(-1.2, 1.2)),
        [1, joints.length],
      ),
      joint_vel: f64(
        joints.map(() => random.between(-2, 2)),
        [1, joints.length],
      ),
    }),
  });
  return { entities: Object.fromEntries(Object.entries(entities).map(([name, spec]) => [name, draw(spec)])) };
}
