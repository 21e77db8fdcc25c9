import RAPIER from '@dimforge/rapier3d-compat';
import {
  definePlugin,
  FarsimError,
  type Frame,
  type Simulator,
  type Tensor,
  type WorldSpec,
} from '@farsim/core';
import { z } from 'zod';

const stepDt = 0.02;
const f32 = (data: readonly number[], shape: number[]): Tensor => ({
  dtype: 'f32',
  shape,
  data: Float32Array.from(data),
});
const spec: WorldSpec = {
  ...{
    sim: 'rapier',
    versions: { rapier: '0.21' },
    task: 'ball',
    num_envs: 1,
    env_origins: [[0, 0, 0]],
  },
  ...{
    step_dt: stepDt,
    physics_dt: stepDt,
    autoreset: 'disabled',
    cameras: {},
    native: {},
    capabilities: [],
  },
  actions: { '': { dtype: 'f32', shape: [3], low: -20, high: 20 } },
  observations: { '': { dtype: 'f32', shape: [6] } },
  entities: {
    ball: {
      ...{ kind: 'rigid_object', fixed_base: false, root_body: 'ball', body_names: ['ball'] },
      ...{ joint_names: [], joint_types: [], joint_limits: [], root_com_offset: [0, 0, 0] },
    },
  },
};

export default definePlugin({
  kind: 'simulator',
  name: 'rapier',
  summary: 'A ball in Rapier, pushed by forces (N).',
  config: z.object({ height: z.number().min(0.1).default(1).describe('Metres.') }).strict(),
  open: async ({ height }): Promise<Simulator> => {
    await RAPIER.init();
    const world = new RAPIER.World({ x: 0, y: 0, z: -9.81 });
    world.timestep = stepDt;
    world.createCollider(RAPIER.ColliderDesc.cuboid(10, 10, 0.1).setTranslation(0, 0, -0.1));
    const ball = world.createRigidBody(RAPIER.RigidBodyDesc.dynamic());
    world.createCollider(RAPIER.ColliderDesc.ball(0.1), ball);
    let [tick, episode, wantsState, closed] = [0, -1, false, false];
    const open = (): void => {
      if (closed) throw new FarsimError('CLOSED', 'the ball was closed');
    };
    const frame = (reward: number): Frame => {
      const [p, q, v, w] = [ball.translation(), ball.rotation(), ball.linvel(), ball.angvel()];
      const root = { root_pos: f32([p.x, p.y, p.z], [1, 3]), root_quat: f32([q.w, q.x, q.y, q.z], [1, 4]) };
      const velocity = {
        root_lin_vel: f32([v.x, v.y, v.z], [1, 3]),
        root_ang_vel: f32([w.x, w.y, w.z], [1, 3]),
      };
      return {
        ...{ envs: Int32Array.of(0), tick: Uint32Array.of(tick), time: Float64Array.of(tick * stepDt) },
        ...{
          episode: Uint32Array.of(episode),
          terminated: Uint8Array.of(0),
          truncated: Uint8Array.of(0),
          info: {},
        },
        observations: f32([p.x, p.y, p.z, v.x, v.y, v.z], [1, 6]),
        reward: f32([reward], [1]),
        ...(wantsState && { state: { entities: { ball: { ...root, ...velocity } } } }),
      };
    };
    return {
      spec,
      reset: async ({ want } = {}) => {
        open();
        if (want) wantsState = want.state ?? false;
        ball.setTranslation({ x: 0, y: 0, z: height }, true);
        ball.setRotation({ x: 0, y: 0, z: 0, w: 1 }, true);
        ball.setLinvel({ x: 0, y: 0, z: 0 }, true);
        ball.setAngvel({ x: 0, y: 0, z: 0 }, true);
        [tick, episode] = [0, episode + 1];
        return frame(0);
      },
      step: async (action, { repeat = 1 } = {}) => {
        open();
        const { shape, data } = action as Tensor;
        const force = Array.from((data ?? []) as ArrayLike<number>);
        if (shape?.join() !== '1,3' || !force.every(Number.isFinite)) {
          throw new FarsimError('BAD_ACTION', 'the action must be one finite force [1, 3]');
        }
        ball.resetForces(true);
        ball.addForce({ x: force[0]!, y: force[1]!, z: force[2]! }, true);
        let reward = 0;
        for (let k = 0; k < repeat; k++, tick++) {
          world.step();
          reward += ball.translation().z;
        }
        return frame(reward);
      },
      [Symbol.asyncDispose]: async () => {
        closed = true;
      },
    };
  },
});
