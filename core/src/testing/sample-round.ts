import type { Action, Frame } from '../model/frame.ts';
import { dtypes, itemSize, viewElements, type Dtype, type Tensor } from '../model/tensor.ts';
import type { WorldSpec } from '../model/world-spec.ts';
import type { RoundHeader } from '../ports/recorder.ts';

const envCount = 3;

/** A spec of three envs with one arm and one cube. */
export const sampleSpec: WorldSpec = {
  sim: 'sample',
  versions: { sample: '1.0' },
  task: 'Sample-v0',
  num_envs: envCount,
  env_origins: [
    [0, 0, 0],
    [2, 0, 0],
    [4, 0, 0],
  ],
  step_dt: 0.02,
  physics_dt: 0.002,
  autoreset: 'same_step',
  actions: { '': { dtype: 'f32', shape: [2], low: -1, high: 1 } },
  observations: { policy: { dtype: 'f32', shape: [4] } },
  entities: {
    arm: {
      kind: 'articulation',
      fixed_base: true,
      root_body: 'base',
      joint_names: ['shoulder', 'elbow'],
      joint_types: ['hinge', 'hinge'],
      joint_limits: [[-3, 3], null],
      body_names: ['base', 'upper', 'lower'],
      root_com_offset: [0, 0, 0.1],
    },
    'cube/1': {
      kind: 'rigid_object',
      fixed_base: false,
      root_body: 'cube',
      joint_names: [],
      joint_types: [],
      joint_limits: [],
      body_names: ['cube'],
      root_com_offset: [0, 0, 0],
    },
  },
  cameras: { front: { width: 4, height: 3 } },
  capabilities: ['partialReset', 'finalObservations'],
  native: { quat: { value: 'wxyz', known: 'declared' } },
};

export function sampleHeader(round: number): RoundHeader {
  return { round, spec: sampleSpec, specHash: 'ab'.repeat(32), seed: 7, controller: 'random' };
}

/** An action for `envs` of {@link sampleSpec}. */
export function sampleAction(row: number, envs = allEnvs()): Action {
  return tensor('f32', [envs.length, 2], row);
}

/** A plain frame of all envs: row 0 is a reset's, with body poses. */
export function sampleFrame(row: number): Frame {
  const state = {
    entities: {
      arm: {
        joint_pos: tensor('f64', [envCount, 2], row),
        joint_vel: tensor('f64', [envCount, 2], row + 1),
        ...(row === 0 && {
          body_pos: tensor('f64', [envCount, 3, 3], 5),
          body_quat: tensor('f64', [envCount, 3, 4], 6),
        }),
      },
      'cube/1': { root_pos: tensor('f32', [envCount, 3], row), root_quat: tensor('f32', [envCount, 4], row) },
    },
  };
  return { ...bareFrame(row, allEnvs()), state };
}

/** A frame with no state, no images and no info, of some envs. */
export function bareFrame(row: number, envs: Int32Array): Frame {
  const n = envs.length;
  return {
    envs,
    tick: new Uint32Array(n).fill(row),
    time: new Float64Array(n).fill(row * sampleSpec.step_dt),
    episode: new Uint32Array(n),
    observations: { policy: tensor('f32', [n, 4], row) },
    reward: { dtype: 'f32', shape: [n], data: new Float32Array(n).fill(row === 0 ? 0 : 0.5) },
    terminated: new Uint8Array(n),
    truncated: new Uint8Array(n),
    info: {},
  };
}

/** Frames that hold everything that a frame may hold: every dtype, NaN, unknown keys, subsets, final rows, images, ledger. */
export function richFrames(): readonly Frame[] {
  const everyDtype = Object.fromEntries(dtypes.map((dtype) => [dtype, tensor(dtype, [envCount, 2], 9)]));
  const nan = Float64Array.of(NaN, -0, Infinity, -Infinity, 5e-324, 0.1);
  const subset = Int32Array.of(2, 0);
  return [
    sampleFrame(0),
    {
      ...bareFrame(1, allEnvs()),
      observations: { every: everyDtype, 'with/slash': tensor('u8', [envCount, 0], 1) },
    },
    { ...bareFrame(2, allEnvs()), observations: tensor('f16', [envCount, 3], 3) },
    {
      ...sampleFrame(3),
      state: { entities: { arm: { 'unknown key': { dtype: 'f64', shape: [envCount, 2], data: nan } } } },
    },
    {
      ...bareFrame(4, subset),
      state: {
        envs: Int32Array.of(0),
        entities: { arm: { joint_pos: tensor('f64', [1, 2], 4) } },
        finite: tensor('bool', [1], 1),
      },
    },
    {
      ...bareFrame(5, allEnvs()),
      terminated: Uint8Array.of(0, 1, 0),
      info: {
        arrays: { contacts: tensor('i32', [5], 2), nested: { a: tensor('f32', [envCount], 1) } },
        values: { note: 'grüße', ok: true, none: null },
      },
      final: {
        envs: Int32Array.of(1),
        tick: Uint32Array.of(5),
        episode: Uint32Array.of(0),
        observations: { policy: tensor('f32', [1, 4], 8) },
        state: { entities: { arm: { joint_pos: tensor('f64', [1, 2], 3) } } },
        info: { arrays: { reach: tensor('f64', [1], 3) }, values: { why: 'fell' } },
      },
    },
    {
      ...bareFrame(6, allEnvs()),
      images: [
        {
          camera: 'front',
          env: 0,
          encoding: 'raw',
          width: 4,
          height: 3,
          data: tensor('u8', [36], 4).data as Uint8Array,
        },
        { camera: 'front', env: 2, encoding: 'png', width: 4, height: 3, data: Uint8Array.of(1, 2, 3) },
      ],
      timing: { received: 1.5, started: 1.625, finished: 1.75, encoded: 1.8125 },
      ledger: { index: 7, op: 1, request: new Uint8Array(32).fill(3), reply: new Uint8Array(32).fill(4) },
    },
  ];
}

function allEnvs(): Int32Array {
  return Int32Array.from({ length: envCount }, (_, env) => env);
}

/** A tensor with bytes that depend on `seed` only; bool holds 0 and 1, floats are finite. */
function tensor(dtype: Dtype, shape: readonly number[], seed: number): Tensor {
  const count = shape.reduce((product, length) => product * length, 1);
  const bytes = new Uint8Array(count * itemSize(dtype));
  const data = viewElements(dtype, bytes.buffer, 0, bytes.length);
  for (let i = 0; i < count; i++) {
    const value = (seed * 31 + i * 7) % 64;
    if (dtype === 'i64') (data as BigInt64Array)[i] = BigInt(value) << 40n;
    else data[i] = dtype === 'bool' ? value & 1 : dtype === 'f32' || dtype === 'f64' ? value / 7 : value;
  }
  return { dtype, shape, data };
}
