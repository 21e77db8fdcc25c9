import {
  f64,
  rotateVector,
  toNumbers,
  type EntityState,
  type Frame,
  type Quaternion,
  type Tensor,
  type Vector3,
  type WorldState,
} from '@farsim/core';
import type { Wrapping } from './wrapped-simulator.ts';

/** Of the flier's hull and stone, as the model has them. */
const centres: Readonly<Record<string, Vector3>> = { hull: [0.1, 0, 0], stone: [0, 0, 0] };
const origin: Vector3 = [5, 3, 0];

/** Quaternions taken for the other order on both ways, so that what is set is read back. */
export const xyzw = {
  set: (arrays: EntityState): EntityState => eachQuaternion(arrays, ([w, x, y, z]) => [z!, w!, x!, y!]),
  get: (arrays: EntityState): EntityState => eachQuaternion(arrays, ([w, x, y, z]) => [x!, y!, z!, w!]),
};

/** Ways in which an adapter may be wrong, and the probe that must catch each. */
export const faults: Readonly<Record<string, { readonly probe: string; readonly wrapping: Wrapping }>> = {
  'a joint named twice': {
    probe: 'names',
    wrapping: {
      spec: (spec) => ({
        ...spec,
        entities: {
          ...spec.entities,
          hull: { ...spec.entities.hull!, joint_names: ['flap', 'flap'] },
        },
      }),
    },
  },
  'live buffers given away': { probe: 'reading', wrapping: { calls: liveBuffers } },
  'an origin taken away from the live buffer at each reading': {
    probe: 'reading',
    wrapping: {
      calls: (inner) => {
        let readings = 0;
        return {
          getState: async (options) => {
            const shift = -0.01 * readings++;
            return eachEntity(await inner.getState!(options), (arrays) => ({
              ...arrays,
              root_pos: moved(arrays.root_pos!, () => [shift, 0, 0]),
            }));
          },
        };
      },
    },
  },
  'two joints exchanged when they are set': {
    probe: 'set and get',
    wrapping: {
      set: (arrays) => (arrays.joint_pos ? { ...arrays, joint_pos: exchanged(arrays.joint_pos) } : arrays),
    },
  },
  'velocities of the centre of mass when they are read': {
    probe: 'set and get',
    wrapping: { get: (arrays, name) => ofCentre(arrays, name, 1) },
  },
  'bodies with the env’s origin in them': {
    probe: 'bodies',
    wrapping: {
      get: (arrays) => ({
        ...arrays,
        ...(arrays.body_pos && { body_pos: moved(arrays.body_pos, () => origin) }),
      }),
    },
  },
  'quaternions read and written as xyzw': {
    probe: 'quaternion',
    wrapping: xyzw,
  },
  'velocities of the centre of mass, read and written': {
    probe: 'velocity',
    wrapping: {
      set: (arrays, name) => ofCentre(arrays, name, -1),
      get: (arrays, name) => ofCentre(arrays, name, 1),
    },
  },
  'angular velocities in body axes, read and written': {
    probe: 'velocity',
    wrapping: {
      set: (arrays) => turnedSpin(arrays, 1),
      get: (arrays) => turnedSpin(arrays, -1),
    },
  },
  'two joints exchanged, read and written': {
    probe: 'kinematics',
    wrapping: {
      set: (arrays) => (arrays.joint_pos ? { ...arrays, joint_pos: exchanged(arrays.joint_pos) } : arrays),
      get: (arrays) => (arrays.joint_pos ? { ...arrays, joint_pos: exchanged(arrays.joint_pos) } : arrays),
    },
  },
  'a joint of the other sign, read and written': {
    probe: 'kinematics',
    wrapping: { set: mirrored, get: mirrored },
  },
  'a reward that is not a number': {
    probe: 'finite',
    wrapping: {
      calls: (inner) => {
        let steps = 0;
        return {
          step: async (action, options) => {
            const frame = await inner.step(action, options);
            return ++steps % 9 === 0 ? { ...frame, reward: f64([NaN, 0, 0]) } : frame;
          },
        };
      },
    },
  },
  'a chance that no seed governs': {
    probe: 'seed',
    wrapping: {
      calls: (inner) => ({
        reset: async (options) => {
          await inner.reset(options);
          const state = await inner.getState!();
          const entities = {
            stone: { root_pos: moved(state.entities.stone!.root_pos!, () => [Math.random(), 0, 0]) },
          };
          return inner.setState!({ entities });
        },
      }),
    },
  },
  'a reset of one env that resets all': {
    probe: 'partial reset',
    wrapping: {
      calls: (inner) => ({
        reset: async ({ envs, ...options } = {}) => {
          const frame = await inner.reset(options);
          return envs ? inner.reset({ ...options, envs }) : frame;
        },
      }),
    },
  },
  'black pictures': {
    probe: 'pictures',
    wrapping: {
      calls: (inner) => ({
        render: async (view, options) =>
          (await inner.render!(view, options)).map((image) => ({ ...image, data: image.data.map(() => 0) })),
      }),
    },
  },
  'pictures of another size': {
    probe: 'pictures',
    wrapping: {
      calls: (inner) => ({ render: (view, options) => inner.render!({ ...view, width: 64 }, options) }),
    },
  },
};

function liveBuffers(
  inner: Parameters<NonNullable<Wrapping['calls']>>[0],
): ReturnType<NonNullable<Wrapping['calls']>> {
  const live = new Map<string, Tensor>();
  const fill = (state: WorldState): WorldState =>
    eachEntity(state, (arrays, name) =>
      Object.fromEntries(
        Object.entries(arrays).map(([key, tensor]) => {
          const id = `${name}.${key}.${tensor!.shape.join()}`;
          const buffer = live.get(id) ?? { ...tensor!, data: tensor!.data.slice() };
          live.set(id, buffer as Tensor);
          (buffer.data as Float64Array).set(tensor!.data as Float64Array);
          return [key, buffer as Tensor];
        }),
      ),
    );
  return {
    getState: async (options) => fill(await inner.getState!(options)),
    step: async (action, options): Promise<Frame> => {
      const frame = await inner.step(action, options);
      return frame.state ? { ...frame, state: fill(frame.state) } : frame;
    },
  };
}

function eachEntity(
  state: WorldState,
  change: (arrays: EntityState, name: string) => EntityState,
): WorldState {
  const entries = Object.entries(state.entities).map(
    ([name, arrays]) => [name, change(arrays, name)] as const,
  );
  return { ...state, entities: Object.fromEntries(entries) };
}

function rowsOf(tensor: Tensor): number[][] {
  const width = tensor.shape.at(-1)!;
  const numbers = Array.from(toNumbers(tensor));
  return Array.from({ length: numbers.length / width }, (_, row) =>
    numbers.slice(row * width, (row + 1) * width),
  );
}

function moved(tensor: Tensor, by: (row: number) => Vector3): Tensor {
  return f64(
    rowsOf(tensor).flatMap((values, row) => values.map((value, i) => value + by(row)[i]!)),
    tensor.shape,
  );
}

function exchanged(tensor: Tensor): Tensor {
  return f64(
    rowsOf(tensor).flatMap(([a, b, ...rest]) => [b!, a!, ...rest]),
    tensor.shape,
  );
}

function mirrored(arrays: EntityState): EntityState {
  if (!arrays.joint_pos) return arrays;
  const joints = rowsOf(arrays.joint_pos).flatMap(([a, ...rest]) => [-a!, ...rest]);
  return { ...arrays, joint_pos: f64(joints, arrays.joint_pos.shape) };
}

function eachQuaternion(
  arrays: EntityState,
  change: (q: readonly number[]) => readonly number[],
): EntityState {
  const turn = (tensor: Tensor): Tensor => f64(rowsOf(tensor).flatMap(change), tensor.shape);
  return {
    ...arrays,
    ...(arrays.root_quat && { root_quat: turn(arrays.root_quat) }),
    ...(arrays.body_quat && { body_quat: turn(arrays.body_quat) }),
  };
}

/** The linear velocity of the centre of mass instead of the link's origin, or the way back. */
function ofCentre(arrays: EntityState, name: string, sign: 1 | -1): EntityState {
  const { root_lin_vel: linear, root_ang_vel: angular, root_quat: rotations } = arrays;
  if (!linear || !angular || !rotations) return arrays;
  const [quats, spins] = [rowsOf(rotations), rowsOf(angular)];
  return {
    ...arrays,
    root_lin_vel: moved(linear, (row) => {
      const [x, y, z] = rotateVector(quats[row] as unknown as Quaternion, centres[name]!);
      const [a, b, c] = spins[row] as [number, number, number];
      return [sign * (b * z - c * y), sign * (c * x - a * z), sign * (a * y - b * x)];
    }),
  };
}

function turnedSpin(arrays: EntityState, sign: 1 | -1): EntityState {
  const { root_ang_vel: angular, root_quat: rotations } = arrays;
  if (!angular || !rotations) return arrays;
  const quats = rowsOf(rotations);
  const spins = rowsOf(angular).flatMap((spin, row) => {
    const [w, x, y, z] = quats[row] as [number, number, number, number];
    return rotateVector([w, sign * x, sign * y, sign * z], spin as unknown as Vector3);
  });
  return { ...arrays, root_ang_vel: f64(spins, angular.shape) };
}
