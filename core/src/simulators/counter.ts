import { FarsimError } from '../model/errors.ts';
import type { Action, EnvSelection, Frame, ResetOptions, StepOptions } from '../model/frame.ts';
import { requireTensors } from '../model/require-tensors.ts';
import type { Tensor } from '../model/tensor.ts';
import type { WorldSpec } from '../model/world-spec.ts';
import type { WorldState } from '../model/world-state.ts';
import type { Want } from '../model/want.ts';
import type { Simulator, Snapshot } from '../ports/simulator.ts';

export interface CounterOptions {
  readonly envs?: number;
  /** Numbers in one env's action. */
  readonly size?: number;
  /** Control steps after which an env is truncated; absent is never. */
  readonly episodeSteps?: number;
  /** Bytes of `pad` in one env’s observation, which is `{sum, pad}` then. */
  readonly payloadBytes?: number;
}

/**
 * A simulator without physics, in this process: adds each action once and reports the sums as observation and as the
 * positions of slide joints `count_0` …, so that a lost, doubled or reordered step shows. Ended envs must be reset. For
 * trying everything that surrounds a simulator.
 */
export function createCounter({
  envs = 1,
  size = 1,
  episodeSteps = Infinity,
  payloadBytes = 0,
}: CounterOptions = {}): Simulator {
  return new Counter(envs, size, episodeSteps, payloadBytes);
}

class Counter implements Simulator {
  readonly spec: WorldSpec;
  readonly #sums: Float64Array;
  readonly #ticks: Uint32Array;
  readonly #episodes: Int32Array;
  readonly #ended: Uint8Array;
  readonly #size: number;
  readonly #episodeSteps: number;
  readonly #pad: Uint8Array;
  #want: Want = {};
  #closed = false;

  constructor(envs: number, size: number, episodeSteps: number, payloadBytes: number) {
    this.spec = counterSpec(envs, size, payloadBytes);
    this.#size = size;
    this.#episodeSteps = episodeSteps;
    this.#pad = new Uint8Array(envs * payloadBytes);
    this.#sums = new Float64Array(envs * size);
    this.#ticks = new Uint32Array(envs);
    this.#episodes = new Int32Array(envs).fill(-1);
    this.#ended = new Uint8Array(envs).fill(1);
  }

  async reset({ envs, state, want }: ResetOptions = {}): Promise<Frame> {
    const rows = this.#rows(envs);
    if (want) this.#want = want;
    for (const env of rows) {
      this.#sums.fill(0, env * this.#size, (env + 1) * this.#size);
      this.#ticks[env] = 0;
      this.#episodes[env]!++;
      this.#ended[env] = 0;
    }
    if (state) this.#put(state, rows);
    return this.#frame(rows, new Float64Array(rows.length));
  }

  async step(action: Action, { envs, repeat = 1, want }: StepOptions = {}): Promise<Frame> {
    const rows = this.#rows(envs);
    const numbers = this.#checked(action, rows.length);
    for (const env of rows) {
      if (this.#ended[env])
        throw new FarsimError('BAD_ACTION', `env ${env} has no running episode: reset it first`);
    }
    const reward = new Float64Array(rows.length);
    for (let k = 0; k < repeat && !rows.some((env) => this.#ended[env]); k++) {
      rows.forEach((env, row) => {
        for (let i = 0; i < this.#size; i++) {
          const number = numbers[row * this.#size + i]!;
          this.#sums[env * this.#size + i]! += number;
          reward[row]! += number;
        }
        if (++this.#ticks[env]! >= this.#episodeSteps) this.#ended[env] = 1;
      });
    }
    return this.#frame(rows, reward, want);
  }

  async getState({ envs }: EnvSelection = {}): Promise<WorldState> {
    return this.#state(this.#rows(envs));
  }

  async setState(state: WorldState, { envs }: EnvSelection = {}): Promise<Frame> {
    const rows = this.#rows(envs ?? state.envs);
    this.#put(state, rows);
    return this.#frame(rows, new Float64Array(rows.length));
  }

  async snapshot(): Promise<Snapshot> {
    this.#requireOpen();
    return new Uint8Array(Buffer.concat([this.#sums, this.#ticks, this.#episodes, this.#ended].map(bytesOf)));
  }

  async restore(snapshot: Snapshot): Promise<void> {
    this.#requireOpen();
    let offset = 0;
    for (const array of [this.#sums, this.#ticks, this.#episodes, this.#ended]) {
      bytesOf(array).set(snapshot.subarray(offset, offset + array.byteLength));
      offset += array.byteLength;
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closed = true;
  }

  #rows(envs: Int32Array | undefined): Int32Array {
    this.#requireOpen();
    const rows = envs ?? Int32Array.from(this.#ended, (_, env) => env);
    for (const env of rows) {
      if (env < 0 || env >= this.spec.num_envs) {
        throw new FarsimError('BAD_ARGUMENT', `env ${env} is not one of ${this.spec.num_envs}`);
      }
    }
    return rows;
  }

  #requireOpen(): void {
    if (this.#closed) throw new FarsimError('CLOSED', 'the counter was closed');
  }

  #checked(action: Action, rows: number): ArrayLike<number> {
    requireTensors(action, rows, this.spec.actions);
    const { dtype, shape, data } = action as Tensor;
    if (
      dtype === undefined ||
      dtype === 'i64' ||
      shape.length !== 2 ||
      shape[0] !== rows ||
      shape[1] !== this.#size
    ) {
      throw new FarsimError(
        'BAD_ACTION',
        `the action must be one array [${rows}, ${this.#size}], got [${shape?.join(', ')}]`,
      );
    }
    const numbers = data as Exclude<typeof data, BigInt64Array>;
    if (!numbers.every(Number.isFinite))
      throw new FarsimError('BAD_ACTION', 'the action holds a number that is not finite');
    return numbers;
  }

  #put(state: WorldState, rows: Int32Array): void {
    const sums = state.entities.counter?.joint_pos;
    if (sums?.dtype !== 'f64' || sums.shape[0] !== rows.length || sums.shape[1] !== this.#size) {
      throw new FarsimError(
        'BAD_STATE',
        `the state must hold counter.joint_pos as f64 [${rows.length}, ${this.#size}]`,
      );
    }
    if (!(sums.data as Float64Array).every((value) => Number.isFinite(value)))
      throw new FarsimError('BAD_STATE', 'the state holds a number that is not finite');
    rows.forEach((env, row) => {
      this.#sums.set(
        (sums.data as Float64Array).subarray(row * this.#size, (row + 1) * this.#size),
        env * this.#size,
      );
    });
  }

  #state(rows: Int32Array): WorldState {
    return {
      entities: { counter: { joint_pos: this.#take(rows) } },
      ...(rows.length !== this.spec.num_envs && { envs: rows }),
    };
  }

  #take(rows: Int32Array): Tensor {
    const data = new Float64Array(rows.length * this.#size);
    rows.forEach((env, row) =>
      data.set(this.#sums.subarray(env * this.#size, (env + 1) * this.#size), row * this.#size),
    );
    return { dtype: 'f64', shape: [rows.length, this.#size], data };
  }

  #observe(rows: Int32Array): Frame['observations'] {
    const sum = this.#take(rows);
    const bytes = this.#pad.length / this.spec.num_envs;
    if (bytes === 0) return sum;
    const data = this.#pad.subarray(0, rows.length * bytes);
    return { sum, pad: { dtype: 'u8', shape: [rows.length, bytes], data } };
  }

  #frame(rows: Int32Array, reward: Float64Array, want = this.#want): Frame {
    const tick = Uint32Array.from(rows, (env) => this.#ticks[env]!);
    return {
      envs: rows,
      tick,
      time: Float64Array.from(tick, (ticks) => ticks * this.spec.step_dt),
      episode: Uint32Array.from(rows, (env) => Math.max(0, this.#episodes[env]!)),
      observations: this.#observe(rows),
      reward: { dtype: 'f64', shape: [rows.length], data: reward },
      terminated: new Uint8Array(rows.length),
      truncated: Uint8Array.from(rows, (env) => (this.#ticks[env]! >= this.#episodeSteps ? 1 : 0)),
      info: {},
      ...(want.state && { state: this.#state(rows) }),
    };
  }
}

function bytesOf(array: Float64Array | Uint32Array | Int32Array | Uint8Array): Uint8Array {
  return new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
}

function counterSpec(envs: number, size: number, payloadBytes: number): WorldSpec {
  const vector = { dtype: 'f64', shape: [size] } as const;
  const pad = { dtype: 'u8', shape: [payloadBytes] } as const;
  const joints = Array.from({ length: size }, (_, i) => `count_${i}`);
  return {
    sim: 'counter',
    versions: {},
    task: 'count',
    num_envs: envs,
    env_origins: Array.from({ length: envs }, () => [0, 0, 0] as const),
    step_dt: 0.01,
    physics_dt: 0.01,
    autoreset: 'disabled',
    actions: { '': vector },
    observations: payloadBytes > 0 ? { sum: vector, pad } : { '': vector },
    entities: {
      counter: {
        kind: 'articulation',
        fixed_base: true,
        root_body: 'counter',
        joint_names: joints,
        joint_types: joints.map(() => 'slide' as const),
        joint_limits: joints.map(() => null),
        body_names: ['counter'],
        root_com_offset: [0, 0, 0],
      },
    },
    cameras: {},
    capabilities: ['partialReset', 'resetState', 'getState', 'setState', 'snapshot', 'deterministic'],
    native: {},
  };
}
